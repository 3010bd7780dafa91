using System.Net.WebSockets;
using LiveComments.Contracts;

namespace LiveComments.Faults.Viewers;

/// <summary>A viewer that comes back with its cursor whenever its connection breaks, as a browser does, and remembers all that it was told.</summary>
abstract class Viewer(string name, Uri gateway, string streamId, int stream, TimeProvider clock)
{
    // What the page waits at least after a refusal.
    private static readonly TimeSpan AfterARefusal = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private List<Sighting> _sightings = [];
    private Cursor? _position;

    public string Name => name;

    /// <summary>The stream's number.</summary>
    public int Stream => stream;

    /// <summary>How often its connection ended without its asking.</summary>
    public int Cuts { get; private set; }

    public int Resets { get; private set; }

    public int Gaps { get; private set; }

    /// <summary>Where it is; null before its first message and after a reset.</summary>
    public Cursor? Position
    {
        get
        {
            lock (_lock)
                return _position;
        }
    }

    protected Uri Gateway => gateway;

    protected string StreamId => streamId;

    /// <summary>What the service said a client should wait before it comes back.</summary>
    protected TimeSpan RetryAfterACut { get; set; } = TimeSpan.FromSeconds(2);

    public async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var wasIn = false;
            try
            {
                var cursor = Position;
                await WatchOnceAsync(cursor, () =>
                {
                    wasIn = true;
                    Keep(new Sighting.Came(cursor), null);
                }, stop);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or WebSocketException or OperationCanceledException)
            {
                // A cut, a refusal, or the end of the run.
            }

            if (stop.IsCancellationRequested)
                return;
            if (wasIn)
                Cuts++;
            try
            {
                await Task.Delay(wasIn ? RetryAfterACut : AfterARefusal, clock, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Takes what was told so far; what comes later begins a new list.</summary>
    public IReadOnlyList<Sighting> TakeSightings()
    {
        lock (_lock)
        {
            var taken = _sightings;
            _sightings = [];
            return taken;
        }
    }

    /// <summary>Connects, says so, and reads until the connection ends.</summary>
    protected abstract Task WatchOnceAsync(Cursor? cursor, Action isIn, CancellationToken stop);

    protected void Take(Sighting? sighting, Cursor? cursor)
    {
        if (sighting is null && cursor is null)
            return;
        if (sighting is Sighting.Reset)
            Resets++;
        if (sighting is Sighting.Gap)
            Gaps++;
        Keep(sighting ?? new Sighting.Moved(cursor!.Value), cursor);
    }

    private void Keep(Sighting sighting, Cursor? cursor)
    {
        lock (_lock)
        {
            // Most of what is told is batches; a cursor that did not move needs no place in the list.
            if (sighting is Sighting.Moved moved && moved.Cursor == _position)
                return;
            _sightings.Add(sighting);
            _position = sighting switch
            {
                Sighting.Reset => null,
                Sighting.Gap gap => gap.Until,
                Sighting.Came => _position,
                _ => cursor ?? _position,
            };
        }
    }
}
