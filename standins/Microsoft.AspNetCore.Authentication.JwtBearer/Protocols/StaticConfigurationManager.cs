#nullable disable
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.Protocols;

/// <summary>A configuration that never changes.</summary>
public class StaticConfigurationManager<T> : BaseConfigurationManager, IConfigurationManager<T> where T : class
{
    private readonly T _configuration;

    public StaticConfigurationManager(T configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _configuration = configuration;
    }

    public Task<T> GetConfigurationAsync(CancellationToken cancel) => Task.FromResult(_configuration);

    public override Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) =>
        Task.FromResult(_configuration as BaseConfiguration);

    public override void RequestRefresh()
    {
    }
}
