using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>What is different under test: every port is a free one, and there is no dashboard.</summary>
internal static class TestSettings
{
    public static void Apply(DistributedApplicationOptions options, HostApplicationBuilderSettings settings, string[] args)
    {
        options.Args = [.. options.Args ?? [], .. args];
        options.DisableDashboard = true;
        settings.EnvironmentName ??= Environments.Development;
        settings.Configuration ??= new ConfigurationManager();
        // Arguments come later and win.
        settings.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["DcpPublisher:RandomizePorts"] = "true" });
    }
}
