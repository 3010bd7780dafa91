using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Degradation;
using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Feed;
using LiveComments.ServiceDefaults.Log;
using Microsoft.Extensions.Options;
using NATS.Client.Core;

namespace LiveComments.Fanout.Rooms;

/// <summary>
/// The rooms of this node. A room opens with its first viewer and closes a little after its last, or with its epoch: then
/// its viewers come back, into a room of the new one.
/// </summary>
sealed partial class RoomDirectory(
    CurrentLog currentLog, INatsConnection nats, LogWitness witness, FeedMetrics metrics, IOptions<RoomOptions> options, IOptions<BatchOptions> pace, NodeAudience audience, SentFrames sent, TimeProvider clock, NodeEnd end, ILogger<RoomDirectory> logger,
    NodeEffects effects)
{
    // A viewer who reloads the page finds the room still open.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly NodeAudience _audience = audience;
    private readonly Dictionary<string, Holding> _rooms = new(StringComparer.Ordinal);

    /// <summary>
    /// Enters the room, opening it if need be; it has all that the log had when this was called. Null when there is no such
    /// stream. Dispose the stay to leave.
    /// </summary>
    public async Task<Stay?> EnterAsync(string streamId, CancellationToken cancellationToken)
    {
        Holding holding;
        var isFirst = false;
        lock (_lock)
        {
            if (!_rooms.TryGetValue(streamId, out holding!))
            {
                isFirst = true;
                _rooms[streamId] = holding = new Holding(streamId);
                holding.Opening = OpenAsync(holding);
            }

            holding.Viewers++;
        }

        try
        {
            var open = await holding.Opening.WaitAsync(cancellationToken);
            if (open is not null)
            {
                // For whom it was opened, the log was asked; for who came later, it must be asked again.
                if (!isFirst)
                    await open.Freshness.WaitAsync(cancellationToken);
                Count(holding, open.Room);
                var stay = new Stay(this, holding, open);
                stay.Costs(SendCost.Direct);
                return stay;
            }
        }
        catch
        {
            Leave(holding);
            throw;
        }

        Leave(holding);
        return null;
    }

    /// <summary>The room of that stream, if it is open here.</summary>
    public Room? Find(string streamId)
    {
        lock (_lock)
            return _rooms.TryGetValue(streamId, out var holding) && holding.Opening.IsCompletedSuccessfully ? holding.Opening.GetAwaiter().GetResult()?.Room : null;
    }

    /// <summary>The rooms that are open here.</summary>
    public IReadOnlyList<Room> All()
    {
        lock (_lock)
            return [.. _rooms.Values.Where(holding => holding.Opening.IsCompletedSuccessfully).Select(holding => holding.Opening.GetAwaiter().GetResult()?.Room).OfType<Room>()];
    }

    /// <summary>How many are in each room of this node.</summary>
    public IReadOnlyList<RoomPresence> ViewerCounts()
    {
        lock (_lock)
        {
            return
            [
                .. from holding in _rooms.Values
                   where holding.Opening.IsCompletedSuccessfully && holding.Opening.GetAwaiter().GetResult() is not null
                   select new RoomPresence(holding.StreamId, holding.Viewers),
            ];
        }
    }

    private void Count(Holding holding, Room room)
    {
        lock (_lock)
            room.ViewerCount = holding.Viewers;
    }

    private void Leave(Holding holding)
    {
        lock (_lock)
        {
            holding.Viewers--;
            if (holding.Viewers > 0)
                return;
            // A stream that doesn't exist, or could not be read, is asked about again by the next who comes.
            if (!holding.Opening.IsCompletedSuccessfully || holding.Opening.GetAwaiter().GetResult() is null)
                Forget(holding);
            else
                _ = CloseLaterAsync(holding);
        }
    }

    private async Task CloseLaterAsync(Holding holding)
    {
        await Task.Delay(Linger, clock, end.Over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            if (holding.Viewers > 0 || !_rooms.TryGetValue(holding.StreamId, out var current) || current != holding)
                return;
            _rooms.Remove(holding.StreamId);
        }

        if (await holding.Opening is { } open)
            await open.CloseAsync();
    }

    private async Task<OpenRoom?> OpenAsync(Holding holding)
    {
        // On the pool: the first viewer must not hold the lock while it asks the log.
        await Task.Yield();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(end.Over);
        timeout.CancelAfter(LogConnection.RequestTimeout);
        var log = await currentLog.WaitAsync(timeout.Token);
        var feed = await StreamFeed.OpenAsync(holding.StreamId, log, nats, witness, metrics, clock, logger, timeout.Token);
        if (feed is null)
            return null;
        LiveStream? stream;
        try
        {
            stream = await BeginningAsync(feed.Newest, log, holding.StreamId, timeout.Token);
        }
        catch
        {
            // Nobody would ever read what it brings.
            await feed.DisposeAsync();
            throw;
        }

        var calm = new CalmPace(pace.Value, _audience, clock);
        var room = new Room(holding.StreamId, log.Epoch, feed.Newest, pastIsWhole: IsFirst(feed.Newest[0]), clock, options.Value, stream?.CreatorId, calm) { Pace = pace.Value, Sent = sent, Effects = effects, Stream = stream };
        var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Over);
        return new OpenRoom(room, new FurtherPast(room, log), new Freshness(room, log, feed, clock), stop, RunAsync(holding, room, feed, stop.Token));
    }

    private static bool IsFirst(LogEntry entry) => entry.EventType == LogEventTypes.StreamCreated;

    /// <summary>Null when the stream is so old that the log has forgotten its beginning.</summary>
    private static async Task<LiveStream?> BeginningAsync(IReadOnlyList<LogEntry> past, LogHandle log, string streamId, CancellationToken cancellationToken)
    {
        var first = IsFirst(past[0]) ? past[0] : await log.NextAsync(streamId, 1, cancellationToken);
        return first is not null && IsFirst(first) ? JsonSerializer.Deserialize(first.Body.Span, ContractsJson.Wire.LiveStream) : null;
    }

    private async Task RunAsync(Holding holding, Room room, StreamFeed feed, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var newer = currentLog.NewerThanAsync(room.Epoch, ended.Token).AsTask();
        try
        {
            var running = feed.RunAsync(room.Add, ended.Token);
            if (await Task.WhenAny(running, newer) == newer && newer.IsCompletedSuccessfully)
            {
                RoomOutlived(room.StreamId, room.Epoch);
                Forget(holding);
                await ended.CancelAsync();
            }

            await running;
        }
        catch (OperationCanceledException)
        {
        }
#pragma warning disable CA1031 // Whatever it is, the viewers must be sent elsewhere and somebody must read about it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RoomFailed(exception, room.StreamId);
            Forget(holding);
        }

        await ended.CancelAsync();
        room.Dispose();
        await feed.DisposeAsync();
    }

    // Who comes from now on opens another; who is in this one leaves it when it is disposed.
    private void Forget(Holding holding)
    {
        lock (_lock)
        {
            if (_rooms.TryGetValue(holding.StreamId, out var current) && current == holding)
                _rooms.Remove(holding.StreamId);
        }
    }

    [LoggerMessage(LogLevel.Information, "The room of stream {StreamId} closes with epoch {Epoch}; its viewers come back to the new one.")]
    private partial void RoomOutlived(string streamId, int epoch);

    [LoggerMessage(LogLevel.Error, "The room of stream {StreamId} failed; its viewers are told to reconnect.")]
    private partial void RoomFailed(Exception exception, string streamId);

    /// <summary>A viewer's stay in a room.</summary>
    public sealed class Stay : IDisposable
    {
        private readonly RoomDirectory _directory;
        private Holding? _holding;
        private int _sendCost;
        private string? _userId;

        internal Stay(RoomDirectory directory, Holding holding, OpenRoom open) => (_directory, _holding, Room, Past) = (directory, holding, open.Room, open.Past);

        public Room Room { get; }

        /// <summary>From now on it is that user's: what concerns them alone is told here, too.</summary>
        public void Become(string? userId)
        {
            if (userId is not null)
                Room.Arrived(userId);
            if (Interlocked.Exchange(ref _userId, userId) is { } before)
                Room.Left(before);
            // It ended meanwhile, and whoever ended it may not have seen this.
            if (Volatile.Read(ref _holding) is null && Interlocked.Exchange(ref _userId, null) is { } late)
                Room.Left(late);
        }

        /// <summary>Given back along with the stay, which for a detached viewer is long after its request.</summary>
        public IDisposable? Along { get; set; }

        /// <summary>Says how this viewer is served, on which the pace of the node's rooms depends.</summary>
        /// <param name="sends">See <see cref="SendCost"/>.</param>
        public void Costs(int sends)
        {
            _directory._audience.Left(_sendCost);
            _directory._audience.Arrived(_sendCost = sends);
        }

        /// <summary>Reads what the room has no longer.</summary>
        public FurtherPast Past { get; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _holding, null) is not { } holding)
                return;
            _directory._audience.Left(_sendCost);
            Become(null);
            _directory.Leave(holding);
            _directory.Count(holding, Room);
            Along?.Dispose();
        }
    }

    internal sealed class Holding(string streamId)
    {
        public string StreamId { get; } = streamId;

        /// <summary>Set once, before anybody else sees the holding.</summary>
        public Task<OpenRoom?> Opening { get; set; } = Task.FromResult<OpenRoom?>(null);

        public int Viewers { get; set; }
    }

    internal sealed record OpenRoom(Room Room, FurtherPast Past, Freshness Freshness, CancellationTokenSource Stop, Task Running)
    {
        public async Task CloseAsync()
        {
            await Stop.CancelAsync();
            await Running;
            Stop.Dispose();
        }
    }
}
