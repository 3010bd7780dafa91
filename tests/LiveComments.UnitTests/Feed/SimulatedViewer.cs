using System.Globalization;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports;
using LiveComments.ServiceDefaults.Log;
using LiveComments.UnitTests.Rooms;

namespace LiveComments.UnitTests.Feed;

/// <summary>A viewer that comes, is cut off, comes back with its cursor, and keeps what a page would show.</summary>
sealed class SimulatedViewer(TimeProvider clock)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly List<long> _comments = [];
    private readonly HashSet<long> _removed = [];
    private CancellationTokenSource? _leave;
    private Task _watching = Task.CompletedTask;
    private Cursor? _cursor;
    private ulong? _from;

    public bool IsWatching => !_watching.IsCompleted;

    /// <summary>Where it is; null when it is on its way in or out.</summary>
    public NodeProperties.Node? At { get; private set; }

    public void Watch(NodeProperties.Node node)
    {
        _watching.GetAwaiter().GetResult();
        _leave = new CancellationTokenSource();
        _watching = WatchAsync(node, _leave.Token);
    }

    public void Leave() => _leave?.Cancel();

    public bool Has(FakeLog log) => At is not null && _cursor >= new Cursor(log.Epoch, LastEvent(log));

    public static long IdOf(LogEntry comment) =>
        long.Parse(JsonSerializer.Deserialize(comment.Body.Span, ContractsJson.Wire.Comment)!.Id, CultureInfo.InvariantCulture);

    /// <summary>It has all comments since it began, once and in the log's order, and whatever was taken back it knows of.</summary>
    public void Check(FakeLog log)
    {
        var entries = log.Entries;
        var posted = entries.Where(entry => entry.EventType == LogEventTypes.CommentPosted).ToDictionary(IdOf, entry => entry.Sequence);
        var targets = entries.Select(entry => Removals.TargetOf(entry)).OfType<Cursor>().ToHashSet();
        var removed = entries.Where(entry => targets.Contains(Removals.NameOf(entry, log.Epoch))).Select(entry => entry.Sequence).ToHashSet();
        var order = _comments.ConvertAll(id => posted[id]);
        Assert.Equal(order.Order().Distinct(), order);
        var from = _from ?? (order.Count > 0 ? order[0] - 1 : ulong.MaxValue);
        var missing = posted.Where(comment => comment.Value > from && !_comments.Contains(comment.Key)).ToList();
        var lost = missing.Where(comment => !removed.Contains(comment.Value)).Select(comment => comment.Value);
        var untold = _comments.Where(id => removed.Contains(posted[id]) && !_removed.Contains(id)).Select(id => posted[id]);
        Assert.True(!lost.Any() && !untold.Any(), $"lost: {string.Join(", ", lost)}; removed, untold: {string.Join(", ", untold)}; has {string.Join(", ", order)}; from {_from}; {this}");
    }

    public override string ToString() => $"at {_cursor}{(At is null ? ", away" : "")}";

    private async Task WatchAsync(NodeProperties.Node node, CancellationToken leave)
    {
        try
        {
            if (await node.Joining.JoinAsync(RoomEntries.StreamId, _cursor is { } cursor ? new ResumePoint(cursor) : null, viewer: null, leave) is not JoinResult.Joined joined)
                return;
            using var stay = joined.Stay;
            At = node;
            var (at, catchup) = joined.Beginning.Take();
            foreach (var message in catchup.Messages(stay.Room, at, viewer: null))
                Take(message);
            var walk = new Walk(stay.Room, at, catchup, viewer: null, clock);
            while (true)
            {
                var frame = await walk.NextAsync(Heartbeat, leave);
                foreach (var message in frame is null ? [] : walk.Own(frame) ?? frame.Messages)
                    Take(message);
            }
        }
        catch (OperationCanceledException)
        {
            // It left, or its room closed.
        }
        finally
        {
            At = null;
        }
    }

    private void Take(WireMessage message)
    {
        switch (message.Type)
        {
            case ServerMessageTypes.Reset:
                _comments.Clear();
                _removed.Clear();
                (_cursor, _from) = (null, null);
                break;
            case ServerMessageTypes.CommentsBatch:
                Take(JsonSerializer.Deserialize(message.Json.Span, ContractsJson.Default.ServerMessageCommentsBatch)!.Payload);
                break;
            case ServerMessageTypes.CommentRemoved:
                _removed.Add(long.Parse(JsonSerializer.Deserialize(message.Json.Span, ContractsJson.Default.ServerMessageCommentRemoved)!.Payload.CommentId, CultureInfo.InvariantCulture));
                break;
            default:
                break;
        }

        if (message.Cursor is { } cursor)
        {
            Assert.True(_cursor is null || cursor > _cursor, $"The cursor went from {_cursor} to {cursor}.");
            _cursor = cursor;
        }
    }

    private void Take(CommentsBatch batch)
    {
        if (batch.PreviousCursor is not null)
            Assert.Equal($"{_cursor}", batch.PreviousCursor);
        else if (batch.Comments.Count == 0)
            _from = Cursor.TryParse(batch.Cursor, out var start) ? start.Sequence : null;
        _comments.AddRange(batch.Comments.Select(comment => long.Parse(comment.Id, CultureInfo.InvariantCulture)));
    }

    // Reactions move no cursor.
    private static ulong LastEvent(FakeLog log) => log.Entries.Last(entry => !Reactions.IsOne(entry)).Sequence;
}
