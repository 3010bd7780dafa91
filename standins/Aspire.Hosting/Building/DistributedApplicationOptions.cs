namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    public bool AllowUnsecuredTransport { get; set; }

    public string[]? Args { get; set; }

    public string? AssemblyName { get; set; }

    public string? DashboardApplicationName { get; set; }

    public bool DisableDashboard { get; set; }

    public string? ProjectDirectory { get; set; }
}
