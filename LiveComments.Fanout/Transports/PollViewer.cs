using System.Globalization;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports;

/// <summary>
/// One long poll: answers with what came after the viewer's cursor, at once or as soon as there is something; after
/// the wait with nothing. For clients that can hold no stream open.
/// </summary>
static class PollViewer
{
    public const string Transport = "poll";

    private const string WaitParameter = "wait";

    public static string WaitRule { get; } = string.Create(CultureInfo.InvariantCulture, $"'{WaitParameter}' must be a number of seconds from 0 to {Limits.MaxPollWait.TotalSeconds:0}.");

    /// <summary>A client asks for JSON and for no stream.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("application/json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
    }

    public static bool TryReadWait(HttpRequest request, out TimeSpan wait)
    {
        wait = Limits.MaxPollWait;
        if (!request.Query.TryGetValue(WaitParameter, out var text))
            return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > Limits.MaxPollWait.TotalSeconds)
            return false;
        wait = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>The body of the answer; or, for who was banned meanwhile, why there is none.</summary>
    public static async Task<(ReadOnlyMemory<byte> Body, string? Dismissal)> AnswerAsync(
        JoinResult.Joined joined, User? viewer, TimeSpan wait, TimeProvider clock, CancellationToken left, CancellationToken stopping)
    {
        var room = joined.Stay.Room;
        var (at, catchup) = joined.Beginning.Take();
        var walk = new Walk(room, at, catchup, viewer, clock);
        // What holds at the moment is nothing that happened: it alone is no reason to answer.
        var messages = new List<WireMessage>(catchup.IsEmpty ? [] : catchup.Messages(room, at, viewer));
        var deadline = clock.GetTimestamp() + (long)(wait.TotalSeconds * clock.TimestampFrequency);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(left, stopping);
        try
        {
            // What is there already goes along, up to the bound that every viewer has.
            while (messages.TrueForAll(message => message.Type is "") || (walk.At.Next.IsCompletedSuccessfully && SizeOf(messages) < SlowReaders.MaxLagBytes))
            {
                var patience = clock.GetElapsedTime(clock.GetTimestamp(), deadline);
                if (await walk.NextAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, ending.Token) is not { } frame)
                    break;
                if (frame.DismissalOf(viewer) is { } why)
                    return (default, why);
                messages.AddRange(walk.Own(frame) ?? frame.Messages);
            }
        }
        catch (OperationCanceledException) when (!left.IsCancellationRequested)
        {
            // The node stops, or the room closed: the next poll finds another.
        }

        return (JsonEncoding.EncodePoll(room.StreamId, messages, new Cursor(room.Epoch, walk.Seen)), null);
    }

    private static long SizeOf(List<WireMessage> messages) => messages.Sum(message => (long)message.Json.Length);
}
