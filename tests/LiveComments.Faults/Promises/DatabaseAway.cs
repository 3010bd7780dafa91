using System.Globalization;
using System.Net;
using LiveComments.Faults.Injection;

namespace LiveComments.Faults.Promises;

/// <summary>While Postgres is away: deep history says 503, soon; the newest page and posts go on.</summary>
static class DatabaseAway
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    // The time-out of a read, and what a busy machine adds.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);

    public static async Task AssertAsync(Scene scene, TimeSpan time)
    {
        var began = scene.Clock.GetTimestamp();
        var acknowledged = scene.Authors.Figures.Acknowledged;
        var asked = 0;
        while (scene.Clock.GetElapsedTime(began) < time)
        {
            var stream = scene.Streams[asked++ % scene.Streams.Count];
            await DeepAsync(scene, stream);
            await NewestAsync(scene, stream);
            await scene.HoldAsync(Beat);
        }

        var posted = scene.Authors.Figures.Acknowledged - acknowledged;
        scene.Tell(string.Create(CultureInfo.InvariantCulture, $"{posted} posts were acknowledged without Postgres"));
        if (posted == 0)
            scene.Break("no post was acknowledged while Postgres was away");
    }

    private static async Task DeepAsync(Scene scene, string stream)
    {
        var address = $"/api/streams/{stream}/comments?order=oldest";
        var asked = scene.Clock.GetTimestamp();
        using var answer = await scene.Client.GetAsync(new Uri(address, UriKind.Relative));
        var took = scene.Clock.GetElapsedTime(asked);
        if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            scene.Break($"without Postgres, {address} is answered {(int)answer.StatusCode}, not 503");
        else if (answer.Headers.RetryAfter is null)
            scene.Break($"without Postgres, {address} is answered without Retry-After");
        if (took > scene.AtMost(LongestAnswer))
            scene.Break(string.Create(CultureInfo.InvariantCulture, $"without Postgres, {address} took {took.TotalSeconds:0.0} s"));
    }

    /// <summary>A page that is asked to come back in a moment does so, and is told in time.</summary>
    private static async Task NewestAsync(Scene scene, string stream)
    {
        var address = $"/api/streams/{stream}/comments?order=newest";
        var asked = scene.Clock.GetTimestamp();
        while (true)
        {
            using var answer = await scene.Client.GetAsync(new Uri(address, UriKind.Relative));
            var took = scene.Clock.GetElapsedTime(asked);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                if (took > scene.AtMost(LongestAnswer))
                    scene.Break(string.Create(CultureInfo.InvariantCulture, $"without Postgres, {address} took {took.TotalSeconds:0.0} s"));
                return;
            }

            var said = $"without Postgres, {address} is answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}";
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || answer.Headers.RetryAfter?.Delta is not { } pause || took > scene.AtMost(LongestAnswer))
            {
                scene.Break(said);
                return;
            }

            scene.Tell(said);
            await scene.HoldAsync(pause);
        }
    }
}
