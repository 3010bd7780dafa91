using System.Globalization;
using LiveComments.Api.Comments;
using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Demo;

/// <summary>Posts a line of <see cref="DemoScript"/> every few seconds, by the same way as everybody's comments.</summary>
sealed partial class DemoStream(CurrentLog log, StreamCreation creation, CommentPosting posting, TimeProvider clock, ILogger<DemoStream> logger) : BackgroundService
{
    public const string StreamId = "demo";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await log.WaitAsync(stoppingToken);
        await creation.CreateAsync(
            new CreateStream("Demo: a quiet harbour", StreamId, "A stream that is always live in Development."), DemoScript.Users[0].Id, stoppingToken);
        DemoIsLive(StreamId);

        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Several Api processes agree on the line of the moment, and on its key: the log keeps one of them.
            var moment = clock.GetUtcNow().ToUnixTimeMilliseconds() / (long)Pause.TotalMilliseconds;
            var (user, text) = DemoScript.LineAt(moment);
            await posting.PostUnlimitedAsync(StreamId, user, text, "demo-" + moment.ToString(CultureInfo.InvariantCulture), stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "The stream '{StreamId}' is live, with a trickle of comments.")]
    private partial void DemoIsLive(string streamId);
}
