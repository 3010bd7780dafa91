using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>The way of one comment through the real parts: gateway, api, log, fan-out, database.</summary>
[Collection(SystemCollection.Name)]
public sealed class CommentsWay(RunningSystem system)
{
    [Fact]
    public async Task A_posted_comment_reaches_a_viewer_the_log_and_the_database()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);

        var posted = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "Hello, 世界 👋");

        var seen = await viewer.NextCommentAsync("the comment reaches the viewer");
        Assert.Equal((posted.Id, "Hello, 世界 👋", "ada"), (seen.Id, seen.Content, seen.Username));
        Assert.Equal(posted.Cursor, viewer.LastEventId);
        Assert.Null(seen.IdempotencyKey);
        Assert.True(Cursor.TryParse(posted.Cursor, out var cursor));

        await using var nats = new NatsConnection(new NatsOpts { Url = (await system.App.GetConnectionStringAsync("nats"))! });
        var log = await new NatsJSContext(nats).GetStreamAsync(LogSubjects.StreamName(0, cursor.Epoch));
        var entry = await log.GetDirectAsync<byte[]>(new StreamMsgGetRequest { Seq = cursor.Sequence });
        Assert.Equal(posted.Id, JsonSerializer.Deserialize(entry.Data, ContractsJson.Default.Comment)!.Id);

        await using var database = NpgsqlDataSource.Create((await system.App.GetConnectionStringAsync("comments"))!);
        await using var row = database.CreateCommand("select content from comments where id = $1");
        row.Parameters.Add(new NpgsqlParameter { Value = long.Parse(posted.Id, System.Globalization.CultureInfo.InvariantCulture) });
        Assert.Equal("Hello, 世界 👋", await Eventually.GetAsync("the comment is in the database", row.ExecuteScalarAsync));
    }

    [Fact]
    public async Task A_retry_with_the_same_key_is_the_same_comment_and_another_body_is_refused()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "once", "key-1");
        var again = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "once", "key-1");
        Assert.Equal((first.Id, first.Cursor, first.CreatedAt), (again.Id, again.Cursor, again.CreatedAt));
        using var other = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("twice"), "key-1");
        await AssertProblemAsync(other, HttpStatusCode.UnprocessableEntity, ErrorCodes.IdempotencyKeyReused);

        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);
        var backfill = await viewer.NextAsync("the backfill");
        Assert.Equal([first.Id], backfill.Payload.Deserialize(ContractsJson.Default.CommentsBatch)!.Comments.Select(comment => comment.Id));
    }

    [Fact]
    public async Task A_viewer_who_comes_back_gets_exactly_what_it_missed()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        string? cursor;
        using (var viewer = await EventStream.OpenAsync(system.Client, stream.Id))
        {
            await RunningSystem.PostAcceptedAsync(ada, stream.Id, "seen");
            await viewer.NextCommentAsync("the first comment");
            cursor = viewer.LastEventId;
        }

        for (var index = 0; index < 120; index++)
            await RunningSystem.PostAcceptedAsync(ada, stream.Id, $"missed {index}");

        using var back = await EventStream.OpenAsync(system.Client, stream.Id, cursor);
        for (var index = 0; index < 120; index++)
            Assert.Equal($"missed {index}", (await back.NextCommentAsync($"missed {index}")).Content);
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "live again");
        Assert.Equal("live again", (await back.NextCommentAsync("live again")).Content);
    }

    [Fact]
    public async Task A_cursor_of_another_epoch_is_reset_aloud()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "here");
        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id, "99-5");
        var reset = await viewer.NextAsync("a reset");
        Assert.Equal((ServerMessageTypes.Reset, ResetReasons.NewEpoch), (reset.Type, reset.Payload.GetProperty("reason").GetString()));
        var backfill = await viewer.NextAsync("the backfill");
        Assert.True(backfill.Payload.GetProperty("isBackfill").GetBoolean());
        Assert.Equal("here", backfill.Payload.GetProperty("comments")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Who_posts_too_often_hears_when_the_next_is_free_and_retries_cost_nothing()
    {
        using var ada = await system.ClientOfAsync("ada-the-fast");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "first", "first");
        for (var post = 1; post < RunningSystem.CommentsPerStream; post++)
            await RunningSystem.PostAcceptedAsync(ada, stream.Id, $"post {post}");
        using var refused = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("one too many"));
        await AssertProblemAsync(refused, HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited, retryable: true);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.Equal("0", Assert.Single(refused.Headers.GetValues("RateLimit-Remaining")));
        Assert.Equal(first.Id, (await RunningSystem.PostAcceptedAsync(ada, stream.Id, "first", "first")).Id);
    }

    [Fact]
    public async Task Fifty_posts_at_once_with_one_key_are_one_comment()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var posted = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RunningSystem.PostAcceptedAsync(ada, stream.Id, "once", "the-key")));
        Assert.Single(posted.Select(comment => (comment.Id, comment.Cursor)).Distinct());
    }

    [Fact]
    public async Task History_has_every_comment_once_page_by_page_in_both_orders()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var posted = new List<string>();
        for (var post = 0; post < 25; post++)
            posted.Add((await RunningSystem.PostAcceptedAsync(ada, stream.Id, $"post {post}")).Id);
        // At once, while a part of them may not be in Postgres yet; and again when all are.
        Assert.Equal(posted, await ReadAllAsync(stream.Id, "oldest"));
        Assert.Equal(Enumerable.Reverse(posted), await ReadAllAsync(stream.Id, "newest"));
        await using var database = NpgsqlDataSource.Create((await system.App.GetConnectionStringAsync("comments"))!);
        await using var count = database.CreateCommand("select count(*) = 25 from comments where stream_id = $1");
        count.Parameters.Add(new NpgsqlParameter { Value = stream.Id });
        await Eventually.UntilAsync("all comments are in the database", async () => await count.ExecuteScalarAsync() is true);
        Assert.Equal(posted, await ReadAllAsync(stream.Id, "oldest"));
        Assert.Equal(Enumerable.Reverse(posted), await ReadAllAsync(stream.Id, "newest"));
    }

    private async Task<List<string>> ReadAllAsync(string streamId, string order)
    {
        var ids = new List<string>();
        for (var next = $"/api/streams/{streamId}/comments?limit=10&order={order}"; next is not null;)
        {
            using var answer = await system.Client.GetAsync(new Uri(next, UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            var page = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.CommentPage);
            ids.AddRange(page!.Comments.Select(comment => comment.Id));
            Assert.Equal(page.Next is not null, answer.Headers.TryGetValues("Link", out var links));
            next = links?.Single().Split('<', '>')[1];
        }

        return ids;
    }

    [Fact]
    public async Task The_demo_stream_talks_by_itself()
    {
        using var viewer = await EventStream.OpenAsync(system.Client, "demo");
        Assert.StartsWith("demo-", (await viewer.NextCommentAsync("a line of the demo")).UserId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/streams/no-such-stream", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/api/streams/not%20an%20id", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/api/streams/a.b", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/api/nothing", 404, ErrorCodes.NotFound)]
    [InlineData("/api/streams/no-such-stream/comments", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/api/streams/demo/comments?limit=0", 400, ErrorCodes.LimitInvalid)]
    [InlineData("/api/streams/demo/comments?limit=201", 400, ErrorCodes.LimitInvalid)]
    [InlineData("/api/streams/demo/comments?limit=x", 400, ErrorCodes.LimitInvalid)]
    [InlineData("/api/streams/demo/comments?cursor=99999999999-1", 400, ErrorCodes.CursorInvalid)]
    [InlineData("/api/streams/demo/comments?order=random", 400, ErrorCodes.InvalidMessage)]
    [InlineData("/live/streams/no-such-stream/events", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/live/streams/*/events", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/live/streams/%3E/events", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/live/streams/demo/events?cursor=1-x", 400, ErrorCodes.CursorInvalid)]
    public async Task What_is_not_there_is_a_problem_document(string path, int status, string code)
    {
        using var answer = await system.Client.GetAsync(new Uri(path, UriKind.Relative));
        await AssertProblemAsync(answer, (HttpStatusCode)status, code);
    }

    [Theory]
    [InlineData("{\"content\":\"\"}", 400, ErrorCodes.ContentInvalid)]
    [InlineData("{\"content\":\"a\\u0000b\"}", 400, ErrorCodes.ContentInvalid)]
    [InlineData("{\"content\":\"\\ud800\"}", 400, ErrorCodes.InvalidMessage)]
    [InlineData("{}", 400, ErrorCodes.ContentInvalid)]
    [InlineData("{\"content\":5}", 400, ErrorCodes.InvalidMessage)]
    [InlineData("{\"content\":\"a\",\"content\":\"b\"}", 400, ErrorCodes.InvalidMessage)]
    [InlineData("{\"content\":\"a\",\"mediaTimeMs\":-1}", 400, ErrorCodes.InvalidMessage)]
    [InlineData("not json", 400, ErrorCodes.InvalidMessage)]
    [InlineData("[]", 400, ErrorCodes.InvalidMessage)]
    [InlineData("null", 400, ErrorCodes.InvalidMessage)]
    [InlineData("", 400, ErrorCodes.InvalidMessage)]
    public async Task A_malformed_post_is_a_problem_document(string body, int status, string code)
    {
        using var ada = await system.ClientOfAsync("ada");
        using var answer = await ada.PostAsync(new Uri("/api/streams/demo/comments", UriKind.Relative), new StringContent(body, null, "application/json"));
        await AssertProblemAsync(answer, (HttpStatusCode)status, code);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        using var ada = await system.ClientOfAsync("ada");
        using var answer = await RunningSystem.PostAsync(ada, "demo", new PostComment(new string('x', Limits.MaxRequestBodyBytes)));
        await AssertProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge, ErrorCodes.BodyTooLarge);
    }

    [Fact]
    public async Task Without_a_token_nobody_posts()
    {
        using var answer = await RunningSystem.PostAsync(system.Client, "demo", new PostComment("hi"));
        await AssertProblemAsync(answer, HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
    }

    [Fact]
    public async Task Two_streams_of_one_id_can_not_be()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var answer = await ada.PostAsJsonAsync("/api/streams", new CreateStream("again", stream.Id), ContractsJson.Default.CreateStream);
        await AssertProblemAsync(answer, HttpStatusCode.Conflict, ErrorCodes.StreamExists);
    }

    private static Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code, bool retryable = false) =>
        ProblemDocument.AssertAsync(answer, status, code, retryable);
}
