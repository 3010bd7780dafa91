using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>A log whose files are damaged.</summary>
public sealed class DamagedLogTests
{
    // More than a new epoch takes over.
    private const int MuchPosted = Limits.BackfillComments + 5;

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
        Comment after;
        try
        {
            after = await Eventually.GetAsync<Comment>("a post into the new epoch", async () => await RunningSystem.PostAcceptedAsync(ada, stream.Id, "after", "after"));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\nApi printed:\n{path.Apis[0].Log}", exception);
        }

        Assert.StartsWith("2-", after.Cursor, StringComparison.Ordinal);
        Assert.Equal(once.Id, (await RunningSystem.PostAcceptedAsync(ada, stream.Id, "once", "once")).Id);

        await path.Postgres.StartAsync();
        await Eventually.UntilAsync("Postgres has all that is left", async () => (await path.StoredAsync(stream.Id)).Exists(comment => comment.Id == after.Id));
        Assert.Single(await path.StoredAsync(stream.Id), comment => comment.Content == "once");
    }
}
