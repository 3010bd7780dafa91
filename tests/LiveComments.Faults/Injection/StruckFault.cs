namespace LiveComments.Faults.Injection;

/// <summary>One fault of a run, and what became of it.</summary>
/// <param name="Name">The fault's.</param>
/// <param name="Attempted">Posts that began between its start and the moment all was well.</param>
/// <param name="Acknowledged">Posts that were acknowledged in that time.</param>
/// <param name="BackSeconds">From the moment the part was there again until posts were acknowledged and no viewer lacked anything; null when that never came.</param>
/// <param name="Broken">Promises about it that were not kept.</param>
sealed record StruckFault(string Name, long Attempted, long Acknowledged, double? BackSeconds, IReadOnlyList<string> Broken);
