#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>Keeps an issuer's configuration fresh.</summary>
public abstract class BaseConfigurationManager
{
    public static readonly TimeSpan DefaultAutomaticRefreshInterval = TimeSpan.FromHours(12);
    public static readonly TimeSpan DefaultRefreshInterval = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan MinimumAutomaticRefreshInterval = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan MinimumRefreshInterval = TimeSpan.FromSeconds(1);

    private TimeSpan _automaticRefreshInterval = DefaultAutomaticRefreshInterval;
    private TimeSpan _refreshInterval = DefaultRefreshInterval;

    /// <summary>How old the configuration may get by itself.</summary>
    public TimeSpan AutomaticRefreshInterval
    {
        get => _automaticRefreshInterval;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, MinimumAutomaticRefreshInterval);
            _automaticRefreshInterval = value;
        }
    }

    /// <summary>At least so long lies between two refreshes on request: anybody can send a token that asks for one.</summary>
    public TimeSpan RefreshInterval
    {
        get => _refreshInterval;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, MinimumRefreshInterval);
            _refreshInterval = value;
        }
    }

    public string MetadataAddress { get; set; }

    public virtual Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Asks that the next reader gets a fresh configuration, if the last such wish is long enough ago.</summary>
    public abstract void RequestRefresh();
}
