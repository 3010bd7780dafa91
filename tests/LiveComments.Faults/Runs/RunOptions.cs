using LiveComments.Faults.Load;

namespace LiveComments.Faults.Runs;

/// <summary>How a run is made.</summary>
/// <param name="Load">Who writes and who watches.</param>
/// <param name="Scale">Of all times for which faults last, and of the pauses between them: 1 is as they are described.</param>
/// <param name="Tell">Hears what goes on.</param>
/// <param name="Slack">Times that are promised may take so many times as long before it is said that they are broken: a test must not fail because a machine is slow.</param>
sealed record RunOptions(LoadPlan Load, double Scale, Action<string> Tell, double Slack = 1);
