namespace LiveComments.IntegrationTests.Degradation;

/// <summary>Thresholds that a test can reach on any machine, and soon.</summary>
static class Thresholds
{
    // An idle process uses a hundredth or two; one that is asked without a break gets more than this, whoever else wants the processor.
    private const string Share = "0.08";

    public static readonly (string Name, string Value)[] Low =
    [
        ("Degradation__Enabled", "true"),
        ("Degradation__Processor__Busy", Share),
        ("Degradation__Delay__Busy", ""),
        ("Degradation__Delay__Strained", ""),
        ("Degradation__Delay__Shedding", ""),
        ("Degradation__EnterAfter", "00:00:01"),
        ("Degradation__LeaveAfter", "00:00:01"),
    ];

    /// <summary>All levels at once; entered one after another.</summary>
    public static readonly (string Name, string Value)[] LowForAll =
    [
        .. Low,
        ("Degradation__Processor__Strained", Share),
        ("Degradation__Processor__Shedding", Share),
    ];
}
