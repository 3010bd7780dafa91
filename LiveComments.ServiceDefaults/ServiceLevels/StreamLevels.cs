using System.Collections.Concurrent;
using LiveComments.Contracts;

namespace LiveComments.ServiceDefaults.ServiceLevels;

/// <summary>
/// What this process knows of how each stream is served, of the last minutes. These figures are of single streams, so they are
/// no metrics, whose labels must stay few; who asks gets them from all processes at once.
/// </summary>
public sealed class StreamLevels(TimeProvider clock)
{
    /// <summary>Streams about which something is known. Each takes 2 to 8 KB; of more than these, which are then the largest nodes there are, nothing is noted.</summary>
    public const int MaxStreams = 5_000;

    private const int Minutes = 5;
    private const long MinuteMs = 60_000;

    private readonly ConcurrentDictionary<string, Window> _streams = new(StringComparer.Ordinal);
    private long _sweptAt;

    public void Delivered(string streamId, TimeSpan latency, int viewers) => Note(streamId, (latency, viewers), static (minute, given) => Add(ref minute.Delivery, given.latency, given.viewers));

    public void Painted(string streamId, TimeSpan latency) => Note(streamId, latency, static (minute, given) => Add(ref minute.Painted, given, 1));

    public void Retracted(string streamId, TimeSpan latency, int viewers) => Note(streamId, (latency, viewers), static (minute, given) => Add(ref minute.Retraction, given.latency, given.viewers));

    public void Repaired(string streamId, int entries) => Note(streamId, entries, static (minute, given) => minute.GapsRepaired += given);

    public void Sent(string streamId, int comments, int omitted) => Note(streamId, (comments, omitted), static (minute, given) =>
    {
        minute.Comments += given.comments;
        minute.Omitted += given.omitted;
    });

    /// <summary>Null when nothing is known of the stream.</summary>
    public NodeLevels? Of(string streamId)
    {
        if (!_streams.TryGetValue(streamId, out var window))
            return null;
        var now = Now();
        lock (window)
        {
            var minutes = window.Minutes.Where(minute => minute is not null && minute.Number > now - Minutes).ToList();
            return minutes.Count == 0 ? null : new NodeLevels(
                Sum(minutes.Select(minute => minute!.Delivery)), Sum(minutes.Select(minute => minute!.Painted)), Sum(minutes.Select(minute => minute!.Retraction)),
                minutes.Sum(minute => minute!.GapsRepaired), minutes.Sum(minute => minute!.Comments), minutes.Sum(minute => minute!.Omitted));
        }
    }

    private void Note<T>(string streamId, T given, Action<Minute, T> note)
    {
        var now = Now();
        if (!_streams.TryGetValue(streamId, out var window))
        {
            Sweep(now);
            if (_streams.Count >= MaxStreams)
                return;
            window = _streams.GetOrAdd(streamId, static _ => new Window());
        }

        lock (window)
        {
            var slot = now % Minutes;
            var minute = window.Minutes[slot];
            if (minute?.Number != now)
                window.Minutes[slot] = minute = new Minute(now);
            window.Newest = now;
            note(minute, given);
        }
    }

    /// <summary>Once a minute, and only when a stream is new: forgets those of which nothing is known any more.</summary>
    private void Sweep(long now)
    {
        if (Interlocked.Exchange(ref _sweptAt, now) == now)
            return;
        foreach (var (streamId, window) in _streams)
        {
            if (window.Newest <= now - Minutes)
                _streams.TryRemove(KeyValuePair.Create(streamId, window));
        }
    }

    private static void Add(ref int[]? buckets, TimeSpan latency, int count) => (buckets ??= new int[LatencyBuckets.Count])[LatencyBuckets.Of(latency)] += count;

    private static long[] Sum(IEnumerable<int[]?> minutes)
    {
        var sum = new long[LatencyBuckets.Count];
        var used = 0;
        foreach (var minute in minutes)
        {
            for (var bucket = 0; minute is not null && bucket < minute.Length; bucket++)
            {
                sum[bucket] += minute[bucket];
                if (minute[bucket] > 0)
                    used = Math.Max(used, bucket + 1);
            }
        }

        return sum[..used];
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds() / MinuteMs;

    private sealed class Window
    {
        public Minute?[] Minutes { get; } = new Minute?[StreamLevels.Minutes];

        public long Newest;
    }

    private sealed class Minute(long number)
    {
        public long Number => number;

        public int[]? Delivery;
        public int[]? Painted;
        public int[]? Retraction;
        public long GapsRepaired;
        public long Comments;
        public long Omitted;
    }
}
