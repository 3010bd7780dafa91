using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.Protocols;

/// <summary>Fetches an OpenID provider's configuration and keys, keeps them, and fetches again when they are old or on request.</summary>
/// <remarks>
/// One fetch at a time, the others wait for it. A failed fetch keeps what was there before.
/// Nobody outside can make us fetch more often than once in <see cref="BaseConfigurationManager.RefreshInterval"/>
/// (once in <see cref="PauseAfterFailure"/> while there is nothing yet).
/// </remarks>
internal sealed class DiscoveryConfigurationManager : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    // A provider that is down must not be asked once per token.
    private static readonly TimeSpan PauseAfterFailure = MinimumRefreshInterval;

    private readonly HttpClient _client;
    private readonly bool _requireHttps;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile Fetched? _fetched;
    private InvalidOperationException? _lastFailure;
    private long? _failedAt;
    private long? _requestedAt;
    private volatile bool _refreshWanted;

    public DiscoveryConfigurationManager(string metadataAddress, HttpClient client, bool requireHttps, TimeProvider time)
    {
        MetadataAddress = metadataAddress;
        _client = client;
        _requireHttps = requireHttps;
        _time = time;
    }

    public override async Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) =>
        await GetConfigurationAsync(cancel).ConfigureAwait(false);

    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        if (IsFresh(_fetched))
            return _fetched!.Configuration;
        await _fetching.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var known = _fetched;
            if (IsFresh(known))
                return known!.Configuration;
            if (_failedAt is { } failedAt && _time.GetElapsedTime(failedAt) < PauseAfterFailure)
                return known?.Configuration ?? throw new InvalidOperationException(_lastFailure!.Message, _lastFailure);
            try
            {
                var configuration = await FetchAsync(cancel).ConfigureAwait(false);
                _fetched = new Fetched(configuration, _time.GetTimestamp());
                _failedAt = null;
                _refreshWanted = false;
                return configuration;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or ArgumentException or InvalidOperationException or UriFormatException
                || exception is OperationCanceledException && !cancel.IsCancellationRequested)
            {
                _failedAt = _time.GetTimestamp();
                _lastFailure = new InvalidOperationException($"No configuration could be had from '{MetadataAddress}': {exception.Message}", exception);
                return known?.Configuration ?? throw _lastFailure;
            }
        }
        finally
        {
            _fetching.Release();
        }
    }

    public override void RequestRefresh()
    {
        lock (_fetching)
        {
            var now = _time.GetTimestamp();
            if (_requestedAt is { } before && _time.GetElapsedTime(before, now) < RefreshInterval)
                return;
            _requestedAt = now;
            _refreshWanted = true;
        }
    }

    public void Dispose() => _fetching.Dispose();

    private bool IsFresh(Fetched? fetched) =>
        fetched is not null && !_refreshWanted && _time.GetElapsedTime(fetched.At) < AutomaticRefreshInterval;

    private async Task<OpenIdConnectConfiguration> FetchAsync(CancellationToken cancel)
    {
        var configuration = OpenIdConnectConfiguration.Create(await GetAsync(MetadataAddress, cancel).ConfigureAwait(false));
        if (string.IsNullOrEmpty(configuration.JwksUri))
            return configuration;
        configuration.JsonWebKeySet = JsonWebKeySet.Create(await GetAsync(configuration.JwksUri, cancel).ConfigureAwait(false));
        foreach (var key in configuration.JsonWebKeySet.GetSigningKeys())
        {
            // Published keys are public ones: a secret in such a list would let every reader of it sign.
            if (key is JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.Octet })
                continue;
            configuration.SigningKeys.Add(key);
        }

        return configuration;
    }

    private async Task<string> GetAsync(string address, CancellationToken cancel)
    {
        var uri = new Uri(address, UriKind.Absolute);
        if (_requireHttps && uri.Scheme != Uri.UriSchemeHttps)
            throw new InvalidOperationException($"The address '{address}' is not HTTPS.");
        return await _client.GetStringAsync(uri, cancel).ConfigureAwait(false);
    }

    private sealed record Fetched(OpenIdConnectConfiguration Configuration, long At);
}
