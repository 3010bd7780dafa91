using System.Globalization;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.Faults.Injection;
using LiveComments.Faults.Servers;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Promises;

/// <summary>What users were promised for the time after a part is back, measured from the moment it answers.</summary>
static class Promised
{
    private static readonly TimeSpan FirstAcknowledgement = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Recents = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(5);

    // Beyond every promise: what is not back by then is reported as broken, with the time it took at least.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Of the viewers, for whom the promise is made.
    private const double WholeShare = 0.99;

    /// <param name="scene">Where.</param>
    /// <param name="name">Which process.</param>
    /// <param name="struck">When it went away.</param>
    /// <param name="answers">When it answered again.</param>
    /// <param name="isAlone">Promises are made for one fault at a time; of two at once what happens is only told.</param>
    public static async Task AfterAsync(Scene scene, string name, long struck, long answers, bool isAlone)
    {
        if (name == Parts.Nats)
            await AcknowledgedAsync(scene, answers, isAlone);
        else if (name == Parts.Redis)
            await RecentsAsync(scene, answers, isAlone);
        else if (name == Parts.Postgres)
            await CatchUp.MeasureAsync(scene, isAlone);
        else if (name.StartsWith(Parts.Fanout, StringComparison.Ordinal))
            await WholeAsync(scene, struck, isAlone);
    }

    private static async Task AcknowledgedAsync(Scene scene, long answers, bool isAlone)
    {
        await Eventually.UntilAsync("a post is acknowledged after nats-server's return", () => scene.Authors.Figures.LastAcknowledgedAt > answers, Patience);
        Say(scene, "first acknowledgement after nats-server's return", scene.Clock.GetElapsedTime(answers), FirstAcknowledgement, isAlone);
    }

    /// <summary>The newest page has what was just acknowledged, and Redis has its copy of it again.</summary>
    private static async Task RecentsAsync(Scene scene, long answers, bool isAlone)
    {
        foreach (var stream in scene.Streams)
        {
            await Eventually.UntilAsync($"Redis has the newest comments of {stream} again", async () =>
            {
                var known = scene.Authors.AcknowledgedOn(scene.Streams.ToList().IndexOf(stream));
                var page = await scene.Client.GetFromJsonAsync($"/api/streams/{stream}/comments?order=newest", ContractsJson.Default.CommentPage);
                return Cursor.TryParse(page!.Comments[0].Cursor, out var newest) && newest.Sequence >= known
                    && await scene.System.Redis.HasKeyAsync(string.Create(CultureInfo.InvariantCulture, $"recent:{{{stream}}}:{scene.Authors.Epoch}"));
            }, Patience);
        }

        Say(scene, "newest comments rebuilt after Redis's return", scene.Clock.GetElapsedTime(answers), Recents, isAlone);
    }

    private static async Task WholeAsync(Scene scene, long struck, bool isAlone)
    {
        // Everybody has found another node when nobody has lacked anything for a while.
        await Eventually.UntilAsync("every viewer is whole again", () => scene.Watch.Lacking == 0 && scene.Clock.GetElapsedTime(struck) > Whole, Patience);
        var after = scene.Watch.LackedAfter(struck);
        Say(scene, string.Create(CultureInfo.InvariantCulture, $"viewers whole after a node's death, p99 of {after.Length} (median {after[after.Length / 2].TotalSeconds:0.0} s, last {after[^1].TotalSeconds:0.0} s)"),
            after[Math.Max(0, (int)Math.Ceiling(WholeShare * after.Length) - 1)], Whole, isAlone);
    }

    private static void Say(Scene scene, string what, TimeSpan measured, TimeSpan limit, bool isPromised)
    {
        if (isPromised)
            scene.Promise(what, measured, limit);
        else
            scene.Tell(string.Create(CultureInfo.InvariantCulture, $"{what}: {measured.TotalSeconds:0.00} s"));
    }
}
