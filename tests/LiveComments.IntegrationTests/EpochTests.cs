using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>The log goes backwards: restored from a backup, or lost. Nobody is told anything wrong, and nothing that Postgres has is lost.</summary>
public sealed class EpochTests
{
    private const int BeforeTheBackup = 12;
    private const int AfterTheBackup = 9;

    [Fact]
    public async Task A_log_from_a_backup_begins_one_epoch_for_all_and_viewers_are_reset()
    {
        await using var path = await WritePath.StartAsync(apis: 2, fanouts: 1);
        var story = await Story.TellAsync(path);
        using var viewers = new HttpClient { BaseAddress = path.Fanouts[0].Address };
        using var viewer = await EventStream.OpenAsync(viewers, story.Live.Id);
        await viewer.NextAsync("the backfill");
        var oldCursor = viewer.LastEventId;

        await path.Nats.KillAsync();
        path.Nats.RestoreStore();
        await path.Nats.StartAsync();

        // Through both, at once: they agree on the epoch.
        var posted = await Task.WhenAll(
            Story.PostUntilAcceptedAsync(path, path.Apis[0], story.Live.Id, "after, by one"), Story.PostUntilAcceptedAsync(path, path.Apis[1], story.Live.Id, "after, by the other"));
        Assert.All(posted, comment => Assert.StartsWith("2-", comment.Cursor, StringComparison.Ordinal));
        await story.AssertGoesOnAsync(path, posted);

        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
        {
            while (true)
                await viewer.NextAsync("the end of the old epoch");
        });
        using var back = await EventStream.OpenAsync(viewers, story.Live.Id, oldCursor);
        var reset = await back.NextAsync("a reset");
        Assert.Equal((ServerMessageTypes.Reset, ResetReasons.NewEpoch), (reset.Type, reset.Payload.GetProperty("reason").GetString()));
        var backfill = (await back.NextAsync("the backfill")).Payload.Deserialize(ContractsJson.Default.CommentsBatch)!;
        Assert.True(backfill.IsBackfill);
        Assert.Equal(story.Posted.Select(comment => comment.Id), backfill.Comments.Select(comment => comment.Id).Take(story.Posted.Count));
        Assert.Equal(posted.Select(comment => comment.Id).Order(), backfill.Comments.Select(comment => comment.Id).Skip(story.Posted.Count).Order());
        Assert.StartsWith("2-", back.LastEventId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_was_lost_while_Api_was_down_is_not_mistaken_for_a_new_one()
    {
        await using var path = await WritePath.StartAsync();
        var story = await Story.TellAsync(path);
        await path.Apis[0].KillAsync();
        await path.Nats.KillAsync();
        path.Nats.LoseStore();
        // Only Postgres knows how far the log went.
        await path.Redis.ForgetAsync("log:0");
        await path.Redis.ForgetAsync("log:0:acknowledged");
        await path.Nats.StartAsync();
        await path.Apis[0].StartAsync();

        var posted = await Story.PostUntilAcceptedAsync(path, path.Apis[0], story.Live.Id, "after");
        Assert.StartsWith("2-", posted.Cursor, StringComparison.Ordinal);
        await story.AssertGoesOnAsync(path, [posted]);
    }

    [Fact]
    public async Task Redis_alone_tells_an_Api_that_just_started_that_the_log_is_from_a_backup()
    {
        await using var path = await WritePath.StartAsync();
        var story = await Story.TellAsync(path);
        Assert.True(Cursor.TryParse(story.Posted[^1].Cursor, out var last));
        await Eventually.UntilAsync("Redis knows how far the log went", async () => Cursor.TryParse(await path.Redis.GetAsync("log:0"), out var mark) && mark >= last);
        await path.Apis[0].KillAsync();
        await path.Nats.KillAsync();
        await path.Postgres.KillAsync();
        path.Nats.RestoreStore();
        await path.Nats.StartAsync();
        await path.Apis[0].StartAsync();

        var posted = await Story.PostUntilAcceptedAsync(path, path.Apis[0], story.Live.Id, "after");
        Assert.StartsWith("2-", posted.Cursor, StringComparison.Ordinal);
        await path.Postgres.StartAsync();
        // Only Postgres knows of this end: it is told when Postgres is back.
        using var client = await path.ClientOfAsync("ada");
        await Eventually.UntilAsync("the ended stream has ended again", async () =>
            (await client.GetFromJsonAsync($"/api/streams/{story.Ended.Id}", ContractsJson.Default.LiveStream))!.Status == StreamStatus.Ended);
        await story.AssertGoesOnAsync(path, [posted]);
    }

    [Fact]
    public async Task An_epoch_that_Postgres_heard_of_has_begun_though_its_log_is_gone_and_the_one_before_is_as_it_was()
    {
        await using var path = await WritePath.StartAsync();
        var story = await Story.TellAsync(path);
        await path.Apis[0].KillAsync();
        await using var database = NpgsqlDataSource.Create(path.Postgres.ConnectionString);
        await using var begun = database.CreateCommand("insert into log_epochs (shard, epoch) values (0, 2)");
        await begun.ExecuteNonQueryAsync();
        await path.Apis[0].StartAsync();

        var posted = await Story.PostUntilAcceptedAsync(path, path.Apis[0], story.Live.Id, "after");
        Assert.StartsWith("3-", posted.Cursor, StringComparison.Ordinal);
        await story.AssertGoesOnAsync(path, [posted]);
    }

    [Fact]
    public async Task What_was_hidden_stays_hidden_in_a_new_epoch_and_comes_back_there_once()
    {
        await using var path = await WritePath.StartAsync(apis: 2, fanouts: 1);
        // Whose stream it is moderates it.
        using var ada = await path.ClientOfAsync("ada");
        using var elsewhere = await path.ClientOfAsync("ada", path.Apis[1]);
        var stream = await RunningSystem.NewStreamAsync(ada);
        var (first, early, late, last) = (await PostAsync("first"), await PostAsync("hidden before the backup"), await PostAsync("hidden after it"), await PostAsync("last"));
        await ActAsync(early.Id, "hide");
        await Eventually.UntilAsync("Postgres has the first", async () => (await HiddenAsync()).SequenceEqual([early.Id]));
        await path.Nats.KillAsync();
        path.Nats.CopyStore();
        await path.Nats.StartAsync();
        await Eventually.UntilAsync("the second is hidden", async () => await TryAsync(late.Id, "hide"));
        await Eventually.UntilAsync("Postgres has both", async () => await HiddenInPostgresAsync() == 2);

        await path.Nats.KillAsync();
        path.Nats.RestoreStore();
        await path.Nats.StartAsync();
        var next = await Story.PostUntilAcceptedAsync(path, path.Apis[0], stream.Id, "in the new epoch");
        Assert.StartsWith("2-", next.Cursor, StringComparison.Ordinal);
        await AssertShownAsync([first.Id, last.Id, next.Id]);
        Assert.Equal([late.Id, early.Id], await HiddenAsync());

        foreach (var id in new[] { early.Id, late.Id })
        {
            for (var again = 0; again < 2; again++)
                await ActAsync(id, "unhide");
        }

        string[] all = [first.Id, last.Id, next.Id, early.Id, late.Id];
        await AssertShownAsync(all);
        await Eventually.UntilAsync("Postgres has all where they lie now", async () =>
            (await path.StoredAsync(stream.Id)).Select(stored => stored.Id).SequenceEqual(all) && await HiddenInPostgresAsync() == 0);
        await AssertShownAsync(all);
        Assert.Empty(await HiddenAsync());

        Task<Comment> PostAsync(string text) => RunningSystem.PostAcceptedAsync(ada, stream.Id, text);

        async Task<bool> TryAsync(string commentId, string act)
        {
            using var answer = await ada.PostAsJsonAsync($"/api/streams/{stream.Id}/moderation/comments/{commentId}/{act}", new ModerationReason(), ContractsJson.Default.ModerationReason);
            return answer.StatusCode == HttpStatusCode.NoContent;
        }

        async Task ActAsync(string commentId, string act) => Assert.True(await TryAsync(commentId, act), $"{act} {commentId}");

        async Task<List<string>> HiddenAsync() =>
            [.. (await elsewhere.GetFromJsonAsync($"/api/streams/{stream.Id}/moderation/hidden", ContractsJson.Default.CommentPage))!.Comments.Select(comment => comment.Id)];

        async Task<long> HiddenInPostgresAsync()
        {
            await using var database = Npgsql.NpgsqlDataSource.Create(path.Postgres.ConnectionString);
            await using var command = database.CreateCommand("select count(*) from comments where is_hidden");
            return (long)(await command.ExecuteScalarAsync())!;
        }

        async Task AssertShownAsync(string[] oldestFirst)
        {
            foreach (var client in new[] { ada, elsewhere })
                Assert.Equal(oldestFirst, (await client.GetFromJsonAsync($"/api/streams/{stream.Id}/comments?order=oldest", ContractsJson.Default.CommentPage))!.Comments.Select(comment => comment.Id));
            using var viewers = new HttpClient { BaseAddress = path.Fanouts[0].Address };
            // Told within two seconds; until then it answers from the log of the old epoch.
            await Eventually.UntilAsync("the node has heard of the new epoch", async () =>
            {
                using var early = await EventStream.OpenAsync(viewers, stream.Id);
                await early.NextCommentAsync("the backfill");
                return early.LastEventId?.StartsWith("2-", StringComparison.Ordinal) == true;
            });
            using var viewer = await EventStream.OpenAsync(viewers, stream.Id);
            foreach (var id in oldestFirst)
                Assert.Equal(id, (await viewer.NextCommentAsync("the backfill")).Id);
        }
    }

    [Fact]
    public async Task A_log_whose_last_entry_is_damaged_takes_no_more_and_Postgres_goes_on_with_the_next_epoch()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "Postgres has this");
        await Eventually.UntilAsync("Postgres has the first comment", async () => (await path.StoredAsync(stream.Id)).Count == 1);
        await path.Postgres.KillAsync();
        var second = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "only the log has this");
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "and this is lost");

        await path.Nats.KillAsync();
        // In the record of the last comment, whose length nobody doubts.
        path.Nats.FlipBit(back: 100, bit: 0);
        await path.Nats.StartAsync();

        // The damaged server would take it, acknowledge it and lose it.
        var posted = await Story.PostUntilAcceptedAsync(path, path.Apis[0], stream.Id, "after");
        Assert.StartsWith("2-", posted.Cursor, StringComparison.Ordinal);
        await path.Postgres.StartAsync();
        await Eventually.UntilAsync("Postgres has what is left of the old epoch, and the new one", async () =>
            (await path.StoredAsync(stream.Id)).Select(comment => comment.Id).SequenceEqual([first.Id, second.Id, posted.Id]));
    }

    [Fact]
    public async Task A_retry_that_waits_while_an_epoch_begins_is_answered_with_the_comment_of_the_one_before()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "once", "once");
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "the damaged one");
        await Eventually.UntilAsync("Postgres has both", async () => (await path.StoredAsync(stream.Id)).Count == 2);
        // Without Redis the log alone is trusted to recognise what is retried soon: that of the epoch in which it was posted.
        await path.Redis.KillAsync();
        await path.Nats.KillAsync();
        path.Nats.FlipBit(back: 100, bit: 0);

        var retry = RunningSystem.PostAsync(ada, stream.Id, new PostComment("once"), "once");
        await path.Nats.StartAsync();
        using (var answer = await retry)
            Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable);
        Assert.Equal(first.Id, (await Story.PostUntilAcceptedAsync(path, path.Apis[0], stream.Id, "once")).Id);
        var after = await Story.PostUntilAcceptedAsync(path, path.Apis[0], stream.Id, "after");
        Assert.StartsWith("2-", after.Cursor, StringComparison.Ordinal);
        await Eventually.UntilAsync("Postgres has what came after", async () => (await path.StoredAsync(stream.Id)).Any(comment => comment.Id == after.Id));
        Assert.Single(await path.StoredAsync(stream.Id), comment => comment.Content == "once");
    }

    /// <summary>What happened before the log went backwards.</summary>
    private sealed record Story(LiveStream Live, LiveStream Ended, LiveStream Late, IReadOnlyList<Comment> Posted, Comment TakenBack)
    {
        /// <summary>Posts, makes a backup of the log in between, and waits until Postgres has everything.</summary>
        public static async Task<Story> TellAsync(WritePath path)
        {
            using var ada = await path.ClientOfAsync("ada");
            var live = await RunningSystem.NewStreamAsync(ada, "goes on");
            var ended = await RunningSystem.NewStreamAsync(ada, "ends after the backup");
            var posted = new List<Comment>();
            for (var number = 0; number < BeforeTheBackup; number++)
                posted.Add(await RunningSystem.PostAcceptedAsync(ada, live.Id, $"before {number}", $"before-{number}"));

            await path.Nats.KillAsync();
            path.Nats.CopyStore();
            await path.Nats.StartAsync();

            for (var number = 0; number < AfterTheBackup; number++)
                posted.Add(await PostUntilAcceptedAsync(path, path.Apis[0], live.Id, string.Create(CultureInfo.InvariantCulture, $"lost {number}")));
            var takenBack = posted[1];
            posted.RemoveAt(1);
            using var deleted = await ada.DeleteAsync(new Uri($"/api/streams/{live.Id}/comments/{takenBack.Id}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            using var end = await ada.PostAsync(new Uri($"/api/streams/{ended.Id}/end", UriKind.Relative), null);
            Assert.Equal(HttpStatusCode.OK, end.StatusCode);
            var late = await RunningSystem.NewStreamAsync(ada, "began after the backup");
            var last = await RunningSystem.PostAcceptedAsync(ada, live.Id, "the last");
            posted.Add(last);
            await Eventually.UntilAsync("Postgres has the last comment", async () => (await path.StoredAsync(live.Id)).Any(comment => comment.Id == last.Id));
            return new Story(live, ended, late, posted, takenBack);
        }

        public static async Task<Comment> PostUntilAcceptedAsync(WritePath path, ServiceProcess api, string streamId, string text)
        {
            using var ada = await path.ClientOfAsync("ada", api);
            return await Eventually.GetAsync($"'{text}' is accepted", async () =>
            {
                using var answer = await RunningSystem.PostAsync(ada, streamId, new PostComment(text), text.Replace(' ', '-'));
                Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment) : null;
            });
        }

        /// <summary>In the new epoch: everything that Postgres had is there, once and in order; streams are what they were.</summary>
        public async Task AssertGoesOnAsync(WritePath path, IReadOnlyList<Comment> postedSince)
        {
            using var ada = await path.ClientOfAsync("ada");
            var all = Posted.Concat(postedSince.OrderBy(comment => ulong.Parse(comment.Cursor!.AsSpan(2), CultureInfo.InvariantCulture))).Select(comment => comment.Id).ToList();
            // At once, and when Postgres has the new epoch, too.
            await AssertHistoryAsync(ada, all);
            await Eventually.UntilAsync("Postgres has what was posted since", async () => (await path.StoredAsync(Live.Id)).Count == all.Count + 1);
            await AssertHistoryAsync(ada, all);
            Assert.Equal(all, (await path.StoredAsync(Live.Id)).Select(comment => comment.Id).Where(id => id != TakenBack.Id));

            // A retry of what was lost with the log, and is in Postgres.
            Assert.Equal(Posted[^2].Id, (await PostUntilAcceptedAsync(path, path.Apis[0], Live.Id, string.Create(CultureInfo.InvariantCulture, $"lost {AfterTheBackup - 1}"))).Id);

            using var refused = await RunningSystem.PostAsync(ada, Ended.Id, new PostComment("too late"));
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.Conflict, ErrorCodes.StreamEnded);
            await RunningSystem.PostAcceptedAsync(ada, Late.Id, "the lost stream is there");
            using var again = await ada.PostAsJsonAsync("/api/streams", new CreateStream("stolen?", Late.Id), ContractsJson.Default.CreateStream);
            await ProblemDocument.AssertAsync(again, HttpStatusCode.Conflict, ErrorCodes.StreamExists);
        }

        private async Task AssertHistoryAsync(HttpClient client, IReadOnlyList<string> all)
        {
            // Across the epochs, page by page.
            foreach (var (order, expected) in new[] { ("oldest", all), ("newest", all.Reverse().ToList()) })
            {
                var ids = new List<string>();
                for (string? cursor = ""; cursor is not null;)
                {
                    var page = await client.GetFromJsonAsync($"/api/streams/{Live.Id}/comments?order={order}&limit=5{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", ContractsJson.Default.CommentPage);
                    ids.AddRange(page!.Comments.Select(comment => comment.Id));
                    cursor = page.Next;
                }

                Assert.Equal(expected, ids);
            }
        }
    }
}
