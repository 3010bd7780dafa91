using System.Globalization;
using LiveComments.Faults.Injection;
using LiveComments.Faults.Judging;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Promises;

/// <summary>After Postgres's return the persister writes at least three times as fast as comments come in, until it has them all.</summary>
static class CatchUp
{
    private const double Promise = 3;

    // Of less the pauses between attempts would be most of the time.
    private const double MinBacklogSeconds = 10;

    // So near the end nobody would call it behind: a batch or two.
    private const double CaughtUpSeconds = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task MeasureAsync(Scene scene, bool isPromised)
    {
        var returned = scene.Clock.GetTimestamp();
        var start = await Eventually.GetAsync<Reading>("Postgres says how far it is", async () => await ReadAsync(scene), Patience);
        // The persister's own pause is no part of its speed: it begins with what it writes first.
        var began = await Eventually.GetAsync<Reading>("the persister writes again", async () => await ReadAsync(scene) is var now && now.Written > start.Written ? now : null, Patience);
        var rate = Math.Max(1, scene.Authors.Rate);
        var end = await Eventually.GetAsync<Reading>("the persister has caught up", async () => await ReadAsync(scene) is var now && now.End - now.Written < rate * CaughtUpSeconds ? now : null, Patience);
        var seconds = scene.Clock.GetElapsedTime(began.At, end.At).TotalSeconds;
        var backlog = start.End - start.Written;
        var input = seconds <= 0 ? 0 : (end.End - began.End) / seconds;
        var speed = seconds <= 0 ? 0 : (end.Written - began.Written) / seconds;
        scene.Tell(string.Create(CultureInfo.InvariantCulture,
            $"the persister was {backlog:0} entries behind, wrote again after {scene.Clock.GetElapsedTime(returned, began.At).TotalSeconds:0.0} s, and had caught up {seconds:0.0} s later: {speed:0} entries/s at an input of {input:0}/s"));
        if (isPromised && backlog > rate * MinBacklogSeconds && seconds > 0 && speed < Promise * input)
            scene.Break(string.Create(CultureInfo.InvariantCulture, $"the persister catches up at {speed / input:0.0} times the input, promised are {Promise:0}"));
    }

    private static async Task<Reading> ReadAsync(Scene scene)
    {
        var written = await StoredRows.OffsetAsync(scene.System.Postgres.ConnectionString);
        var end = (await StoredLog.EndsAsync(scene.System.Nats.Url))[^1];
        return new Reading(scene.Clock.GetTimestamp(), written.Sequence, end.Sequence);
    }

    private sealed record Reading(long At, double Written, double End);
}
