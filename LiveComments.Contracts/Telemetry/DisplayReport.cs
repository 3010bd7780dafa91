namespace LiveComments.Contracts;

/// <summary>
/// Body of <c>POST /api/telemetry/display</c>: how long comments took from their arrival at the service until a page had
/// painted them.
/// </summary>
/// <param name="Transport">One of <see cref="DisplayTransports"/>.</param>
/// <param name="LatenciesMs">Milliseconds, 0 to <see cref="Limits.MaxDisplayLatencyMs"/> each; none asks for the time alone. At most <see cref="Limits.MaxDisplayLatencies"/>.</param>
/// <param name="ClockErrorMs">By how much the page's idea of the service's time may be wrong: half of the way there and back.</param>
/// <param name="StreamId">Whose comments they were; left out, they count for no stream in particular.</param>
public sealed record DisplayReport(string? Transport, IReadOnlyList<int>? LatenciesMs, int ClockErrorMs, string? StreamId = null);

/// <summary>Answer to a <see cref="DisplayReport"/>.</summary>
/// <param name="Now">Unix milliseconds here, between the question and the answer: what a page corrects its clock by.</param>
public sealed record DisplayReportAnswer(long Now);

/// <summary>How a page hears of comments.</summary>
public static class DisplayTransports
{
    public const string WebSocket = "websocket";
    public const string Sse = "sse";
    public const string Poll = "poll";

    public static bool IsValid(string? transport) => transport is WebSocket or Sse or Poll;
}
