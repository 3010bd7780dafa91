#nullable disable
namespace Microsoft.IdentityModel.Protocols;

/// <summary>Gives a configuration and keeps it fresh.</summary>
public interface IConfigurationManager<T> where T : class
{
    Task<T> GetConfigurationAsync(CancellationToken cancel);

    void RequestRefresh();
}
