namespace OpenTelemetry;

/// <summary>Starts telemetry where no hosted service does it.</summary>
public interface ITelemetryHostInitializer
{
    /// <summary>Creates the providers with all their instrumentations and exporters.</summary>
    void Initialize();
}
