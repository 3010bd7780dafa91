namespace LiveComments.UnitTests.Telemetry;

/// <summary>
/// To the SDK meters of one name are one, whichever host made them: a web host that ends in another test would end ours.
/// So these tests run with nothing beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessMetricsCollection
{
    public const string Name = "Metrics of the process";
}
