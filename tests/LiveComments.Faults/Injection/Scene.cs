using System.Collections.Concurrent;
using System.Globalization;
using LiveComments.Contracts;
using LiveComments.Faults.Judging;
using LiveComments.Faults.Load;
using LiveComments.Faults.Runs;
using LiveComments.Faults.Servers;
using LiveComments.Faults.Viewers;

namespace LiveComments.Faults.Injection;

/// <summary>Where a fault strikes, and what it may look at.</summary>
sealed class Scene(FaultySystem system, Authors authors, Audience audience, WholeWatch watch, IReadOnlyList<string> streams, HttpClient client, Random random, RunOptions options, TimeProvider clock)
{
    private readonly ConcurrentQueue<string> _timeline = new();
    private readonly ConcurrentQueue<string> _broken = new();
    private readonly ConcurrentQueue<LogEnd> _ends = new();
    private readonly ConcurrentQueue<StruckFault> _struck = new();
    private readonly long _started = clock.GetTimestamp();

    public FaultySystem System => system;

    public Authors Authors => authors;

    public Audience Audience => audience;

    public WholeWatch Watch => watch;

    public IReadOnlyList<string> Streams => streams;

    /// <summary>Speaks to the Gateway as nobody in particular.</summary>
    public HttpClient Client => client;

    public Random Random => random;

    public TimeProvider Clock => clock;

    /// <summary>What happened when.</summary>
    public IEnumerable<string> Timeline => _timeline;

    /// <summary>Promises that were not kept.</summary>
    public IEnumerable<string> Broken => _broken;

    /// <summary>Where the log ended when it was made to go backwards.</summary>
    public IEnumerable<LogEnd> Ends => _ends;

    /// <summary>What became of each fault that has struck and is over.</summary>
    public IEnumerable<StruckFault> Struck => _struck;

    /// <summary>When what was away or hindered was there again; the time back counts from here.</summary>
    public long ReturnedAt { get; private set; }

    /// <summary>What a fault took away is there again; the last of several counts.</summary>
    public void Returned()
    {
        ReturnedAt = clock.GetTimestamp();
        authors.Figures.MarkReturn(ReturnedAt);
    }

    public void Strike(string fault)
    {
        Tell($"— {fault}");
        Returned();
    }

    public void Over(StruckFault struck) => _struck.Enqueue(struck);

    public void Tell(string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss} {clock.GetElapsedTime(_started).TotalSeconds,6:0.0} s  {what}");
        _timeline.Enqueue(line);
        options.Tell(line);
    }

    public void EndedAt(Cursor end, DateTimeOffset since) => _ends.Enqueue(new LogEnd(end, since.ToUnixTimeMilliseconds()));

    /// <summary>So long as that may take, on the slowest machine that this is to run on.</summary>
    public TimeSpan AtMost(TimeSpan time) => time * options.Slack;

    /// <summary>Tells what was measured, and whether that is what was promised.</summary>
    public void Promise(string what, TimeSpan measured, TimeSpan limit)
    {
        Tell(string.Create(CultureInfo.InvariantCulture, $"{what}: {measured.TotalSeconds:0.00} s (promised: {limit.TotalSeconds:0} s)"));
        if (measured > limit * options.Slack)
            _broken.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{what} took {measured.TotalSeconds:0.00} s, promised are {limit.TotalSeconds:0} s"));
    }

    public void Break(string what)
    {
        Tell($"NOT KEPT: {what}");
        _broken.Enqueue(what);
    }

    /// <summary>A time between the two, by the seed; shorter in the short set.</summary>
    public TimeSpan Between(double fromSeconds, double toSeconds) => TimeSpan.FromSeconds(options.Scale * (fromSeconds + (random.NextDouble() * (toSeconds - fromSeconds))));

    /// <summary>That long, or as much shorter as the short set is.</summary>
    public TimeSpan About(double seconds) => TimeSpan.FromSeconds(options.Scale * seconds);

    /// <summary>How long a fault lasts is part of the fault.</summary>
    public Task HoldAsync(TimeSpan time) => Task.Delay(time, clock, CancellationToken.None);
}
