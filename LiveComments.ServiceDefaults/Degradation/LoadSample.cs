namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>What was measured of a process since the sample before.</summary>
/// <param name="Processor">Its share of the processor time that there was, 0 to 1.</param>
/// <param name="Delay">The longest of what it is late by.</param>
/// <param name="Late">What that is, for the log.</param>
public readonly record struct LoadSample(double Processor, TimeSpan Delay, string Late = "work");
