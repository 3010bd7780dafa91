namespace Aspire.Npgsql;

/// <summary>How a PostgreSQL data source connects, and what comes with it.</summary>
public class NpgsqlSettings
{
    public string? ConnectionString { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    public bool DisableMetrics { get; set; }
}
