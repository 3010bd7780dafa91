namespace OpenTelemetry.Instrumentation.Runtime;

/// <summary>Has no settings.</summary>
public class RuntimeInstrumentationOptions
{
}
