using System.Text.Json.Serialization;

namespace LiveComments.Bench.Fanout.Viewers;

enum Protocol
{
    /// <summary>Server-sent events over HTTP/1.1, chunked or not.</summary>
    Sse,

    /// <summary>A WebSocket of ours: text messages.</summary>
    WebSocket,

    /// <summary>SignalR's JSON protocol over a WebSocket, without negotiation.</summary>
    SignalR,
}

/// <summary>Where a viewer connects.</summary>
/// <param name="Protocol">What it speaks.</param>
/// <param name="Port">On 127.0.0.1.</param>
/// <param name="Path">With the query.</param>
sealed record Endpoint(Protocol Protocol, int Port, string Path);

/// <summary>What the parent process tells a viewer process, one JSON line each; exactly one property is set.</summary>
sealed record Order
{
    public ConnectOrder? Connect { get; init; }

    public PhaseOrder[]? Phases { get; init; }

    public ReportOrder? Report { get; init; }
}

/// <summary>Connect more viewers.</summary>
/// <param name="Group">They are counted under this name.</param>
/// <param name="Endpoint">Where.</param>
/// <param name="Count">How many.</param>
/// <param name="PerSecond">How many are started a second, whatever becomes of them.</param>
/// <param name="After">The last comment before they come: the one after it is the first they must get. Null when comments are going out already.</param>
/// <param name="StayMs">Each leaves so long after it was due to start; null stays.</param>
/// <param name="IsDeaf">Each reads its answer's head, and then nothing until the next report, after which it leaves.</param>
sealed record ConnectOrder(string Group, Endpoint Endpoint, int Count, int PerSecond, long? After, int? StayMs, bool IsDeaf = false);

/// <summary>What comes in from then until then counts under this name, and so do the latencies of what was due in it.</summary>
sealed record PhaseOrder(string Name, long FromMicroseconds, long ToMicroseconds);

/// <summary>Tell what came, as soon as every viewer has the last comment, and no later than after the patience; then count from zero.</summary>
sealed record ReportOrder(long Last, int PatienceMs);

/// <summary>What a viewer process answers, one JSON line each.</summary>
sealed record Answer
{
    public ConnectedAnswer? Connected { get; init; }

    public GroupReport[]? Report { get; init; }
}

/// <summary>All viewers of an order are in, or have failed.</summary>
sealed record ConnectedAnswer(string Group, int Open, int Failed, string? FirstFailure, long[] JoinTimes);

/// <summary>What the viewers of a group have seen since the last report.</summary>
/// <param name="Group">Its name.</param>
/// <param name="Open">Viewers that are connected now.</param>
/// <param name="Closed">Viewers that the server closed.</param>
/// <param name="Missing">Comments that never came to a viewer, summed over viewers: holes, and the ends of those who lag.</param>
/// <param name="Repeated">Comments that came twice or in the wrong order.</param>
/// <param name="Phases">By phase, in the order of the order.</param>
sealed record GroupReport(string Group, int Open, int Closed, long Missing, long Repeated, PhaseReport[] Phases);

/// <param name="Name">The phase.</param>
/// <param name="Comments">Deliveries within it, whenever they were due: what the server's work within it led to.</param>
/// <param name="Pieces">Chunks, messages or reads that those came in: what the server sent.</param>
/// <param name="Bytes">Of those pieces, without the framing of HTTP and WebSocket.</param>
/// <param name="Latencies">Of comments that were due within it, from due to received; see <see cref="Histogram.ToPairs"/>.</param>
sealed record PhaseReport(string Name, long Comments, long Pieces, long Bytes, long[] Latencies);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Answer))]
sealed partial class OrdersJson : JsonSerializerContext;
