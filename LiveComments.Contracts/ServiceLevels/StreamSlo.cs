namespace LiveComments.Contracts;

/// <summary>How well a stream was served lately: <c>GET /api/streams/{id}/slo</c>.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="From">Unix milliseconds; the window begins here.</param>
/// <param name="To">Unix milliseconds; and ends here, at the moment of the answer.</param>
/// <param name="Delivery">From a comment's acceptance until it was written to viewers, as the nodes measure it.</param>
/// <param name="Painted">From a comment's acceptance until a page had painted it, as a sample of the pages say.</param>
/// <param name="Retraction">From the acceptance of a comment's removal until viewers had been told.</param>
/// <param name="GapsRepaired">Entries that a node missed and read from the log before anything newer went out.</param>
/// <param name="Comments">Comments that went out, shown or not; of several nodes' counts the highest.</param>
/// <param name="Omitted">Of those, how many most viewers were not shown because the stream was faster than anybody reads.</param>
/// <param name="OmittedShare">The same as a share, 0 to 1.</param>
/// <param name="Processes">How many processes answered with figures of this stream.</param>
public sealed record StreamSlo(
    string StreamId, long From, long To, LatencyFigures Delivery, LatencyFigures Painted, LatencyFigures Retraction, long GapsRepaired, long Comments, long Omitted, double OmittedShare, int Processes);

/// <summary>How long something took. Figures are the upper ends of buckets that are 9 % wide: never better than the truth.</summary>
/// <param name="Count">What it is made of; without any there are no figures.</param>
/// <param name="P50Ms">Half of them took no longer.</param>
/// <param name="P95Ms">19 of 20.</param>
/// <param name="P99Ms">99 of 100. A minute stands for everything beyond.</param>
public sealed record LatencyFigures(long Count, double? P50Ms, double? P95Ms, double? P99Ms);
