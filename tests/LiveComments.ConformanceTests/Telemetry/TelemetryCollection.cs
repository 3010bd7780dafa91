namespace LiveComments.ConformanceTests.Telemetry;

/// <summary>
/// Activity sources and meters are the process's. A web host that ends in another test ends the meters of its name, which
/// the SDK takes for ours as well: so these tests run with nothing beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryCollection
{
    public const string Name = "Telemetry";
}
