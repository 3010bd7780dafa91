using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.IntegrationTests;

/// <summary>A log whose files are damaged where nobody looks at once.</summary>
public sealed class DamagedLogTests
{
    // nats-server begins another block after 8 MB.
    private const int BigEntries = 24;
    private const int BigEntryBytes = 500_000;

    // More than a new epoch takes over.
    private const int MuchPosted = Limits.BackfillComments + 5;

    [Fact]
    public async Task A_hole_amid_the_log_is_told_with_its_place_and_everything_goes_on()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var before = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "before", "before");
        await Eventually.UntilAsync("Postgres has it", async () => (await path.StoredAsync(stream.Id)).Count == 1);
        await path.Postgres.KillAsync();
        await using (var nats = new NatsConnection(new NatsOpts { Url = path.Nats.Url }))
        {
            // As a later version might write; nobody here knows what it is.
            for (var count = 0; count < BigEntries; count++)
                (await new NatsJSContext(nats).PublishAsync(LogSubjects.Append(0, 1, stream.Id), new byte[BigEntryBytes], headers: new NatsHeaders { [LogHeaders.EventType] = "from.the.future" })).EnsureSuccess();
        }

        Assert.Equal(0, await LiveNodes.MetricAsync(path.Apis[0], "livecomments_log_missing"));
        var log = new ConcurrentQueue<string>();
        path.Apis[0].Printed += log.Enqueue;
        await path.Nats.KillAsync();
        path.Nats.FlipBitAmid(bit: 3);
        await path.Nats.StartAsync();
        var after = await Eventually.GetAsync<Comment>("the next post is accepted", async () => await RunningSystem.PostAcceptedAsync(ada, stream.Id, "after", "after"));
        Assert.StartsWith("1-", after.Cursor, StringComparison.Ordinal);

        // nats-server finds it when somebody reads there, whom it only gives what comes behind.
        await path.Postgres.StartAsync();
        await Eventually.UntilAsync("Postgres has both", async () => (await path.StoredAsync(stream.Id)).Select(comment => comment.Content).SequenceEqual(["before", "after"]));
        await Eventually.UntilAsync("the hole is told", async () => await LiveNodes.MetricAsync(path.Apis[0], "livecomments_log_missing") > 0);
        Assert.True(await LiveNodes.MetricAsync(path.Apis[0], "livecomments_log_skipped_total") > 0);
        await Eventually.UntilAsync("what is lost is told", () => log.Any(line => Regex.IsMatch(line, "[0-9]+ entries of the log are missing from 1-[0-9]+ on, and Postgres had not got them")));
        await Eventually.UntilAsync("what is damaged is told", () => log.Any(line => Regex.IsMatch(line, "LOG_0_1 lacks [0-9]+ entries amid the others.*as far as the server knows: [0-9]+")));
        Assert.Equal(before.Id, (await RunningSystem.PostAcceptedAsync(ada, stream.Id, "before", "before")).Id);
    }

    [Fact]
    public async Task A_retry_of_what_only_a_log_with_a_damaged_end_has_gets_its_comment()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "Postgres has this", "first");
        await Eventually.UntilAsync("Postgres has the first", async () => (await path.StoredAsync(stream.Id)).Count == 1);
        await path.Postgres.KillAsync();
        var once = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "once", "once");
        for (var count = 0; count < MuchPosted; count++)
            await RunningSystem.PostAcceptedAsync(ada, stream.Id, "and more");

        // Nobody else knows of the key, and the stream's newest entry is the damaged one.
        await path.Redis.KillAsync();
        await path.Nats.KillAsync();
        path.Nats.FlipBit(back: 100, bit: 0);
        await path.Nats.StartAsync();
        var after = await Eventually.GetAsync<Comment>("a post into the new epoch", async () => await RunningSystem.PostAcceptedAsync(ada, stream.Id, "after", "after"));
        Assert.StartsWith("2-", after.Cursor, StringComparison.Ordinal);
        Assert.Equal(once.Id, (await RunningSystem.PostAcceptedAsync(ada, stream.Id, "once", "once")).Id);

        await path.Postgres.StartAsync();
        await Eventually.UntilAsync("Postgres has all that is left", async () => (await path.StoredAsync(stream.Id)).Exists(comment => comment.Id == after.Id));
        Assert.Single(await path.StoredAsync(stream.Id), comment => comment.Content == "once");
    }
}
