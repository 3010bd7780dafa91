using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.Testing;
using LiveComments.Api.Comments;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.SystemUnderTest;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>One comment by its address, and the replies to it.</summary>
[Collection(SystemCollection.Name)]
public sealed class RepliesTests(RunningSystem system)
{
    [Fact]
    public async Task Location_of_a_posted_comment_is_where_it_can_be_read_at_once_and_later()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var answer = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("here I am"), "key");
        var posted = (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment))!;

        await AssertSameAsync(posted, answer.Headers.Location!);
        await Database.CatchesUpAsync(system);
        await AssertSameAsync(posted, answer.Headers.Location!);
    }

    [Fact]
    public async Task Replies_come_oldest_first_page_by_page_before_and_after_Postgres_has_them()
    {
        using var ada = await system.ClientOfAsync("ada");
        using var bob = await system.ClientOfAsync("bob");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var parent = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "a question");
        var other = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "another");
        var replies = new List<string>();
        for (var reply = 0; reply < 7; reply++)
        {
            replies.Add((await ReplyAsync(bob, stream.Id, parent.Id, $"answer {reply}")).Id);
            await ReplyAsync(ada, stream.Id, other.Id, "elsewhere");
        }

        Assert.Equal(replies, await ReadAllAsync(stream.Id, parent.Id));
        await Database.CatchesUpAsync(system);
        Assert.Equal(replies, await ReadAllAsync(stream.Id, parent.Id));
        // One more, which for a moment only the log has, behind those that Postgres has.
        replies.Add((await ReplyAsync(bob, stream.Id, parent.Id, "last")).Id);
        Assert.Equal(replies, await ReadAllAsync(stream.Id, parent.Id));
        Assert.Empty(await ReadAllAsync(stream.Id, replies[0]));
    }

    [Fact]
    public async Task A_viewer_sees_which_comment_a_reply_answers()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);
        var parent = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "a question");
        await ReplyAsync(ada, stream.Id, parent.Id, "an answer");
        Assert.Null((await viewer.NextCommentAsync("the question")).ParentId);
        Assert.Equal(parent.Id, (await viewer.NextCommentAsync("the answer")).ParentId);
    }

    [Fact]
    public async Task While_Postgres_is_away_what_was_said_lately_is_found_and_the_rest_is_no_error_of_ours()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var posted = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "lately");
        var deleted = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "oops");
        using var deletion = await ada.DeleteAsync(new Uri($"/api/streams/{stream.Id}/comments/{deleted.Id}", UriKind.Relative));

        await using var nats = new NatsConnection(new NatsOpts { Url = (await system.App.GetConnectionStringAsync("nats"))! });
        var current = new CurrentLog();
        current.Set((await new LogLocator(new NatsJSContext(nats)).FindAsync(0, CancellationToken.None))!);
        // Nothing listens on the port of discarded bytes.
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=9;Username=nobody;Password=none;Database=none");
        var finder = new CommentFinder(away, current, new KnownComments(), new UnwrittenDeletions());

        Assert.True(await finder.ExistsAsync(stream.Id, posted.Id, CancellationToken.None));
        Assert.False(await finder.ExistsAsync(stream.Id, deleted.Id, CancellationToken.None));
        await Assert.ThrowsAsync<TimeoutException>(async () => await finder.ExistsAsync(stream.Id, "1", CancellationToken.None));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("01")]
    [InlineData(" 1")]
    [InlineData("")]
    [InlineData("9223372036854775808")]
    [InlineData("x' or 1=1 --")]
    public async Task A_parent_that_the_stream_does_not_have_is_refused(string parentId)
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var answer = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("hm", parentId));
        await ProblemDocument.AssertAsync(answer, HttpStatusCode.BadRequest, ErrorCodes.CommentNotFound);
    }

    [Fact]
    public async Task A_comment_of_another_stream_is_no_parent_and_not_found_here()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var elsewhere = await RunningSystem.NewStreamAsync(ada);
        var foreign = await RunningSystem.PostAcceptedAsync(ada, elsewhere.Id, "there");
        using var answer = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("hm", foreign.Id));
        await ProblemDocument.AssertAsync(answer, HttpStatusCode.BadRequest, ErrorCodes.CommentNotFound);
        await Database.CatchesUpAsync(system);
        using var later = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("hm", foreign.Id));
        await ProblemDocument.AssertAsync(later, HttpStatusCode.BadRequest, ErrorCodes.CommentNotFound);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, $"/api/streams/{stream.Id}/comments/{foreign.Id}", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, $"/api/streams/{stream.Id}/comments/{foreign.Id}/replies", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
    }

    [Theory]
    [InlineData("/api/streams/demo/comments/1", 404, ErrorCodes.CommentNotFound)]
    [InlineData("/api/streams/demo/comments/x", 404, ErrorCodes.CommentNotFound)]
    [InlineData("/api/streams/demo/comments/99999999999999999999", 404, ErrorCodes.CommentNotFound)]
    [InlineData("/api/streams/no-such-stream/comments/1", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/api/streams/a.b/comments/1/replies", 404, ErrorCodes.StreamNotFound)]
    [InlineData("/api/streams/demo/comments/1/replies?limit=0", 400, ErrorCodes.LimitInvalid)]
    [InlineData("/api/streams/demo/comments/1/replies?cursor=1-x", 400, ErrorCodes.CursorInvalid)]
    public async Task What_is_not_there_is_a_problem_document(string path, int status, string code) =>
        await ProblemDocument.AssertAsync(system.Client, HttpMethod.Get, path, (HttpStatusCode)status, code);

    private static async Task<Comment> ReplyAsync(HttpClient client, string streamId, string parentId, string content)
    {
        using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment(content, parentId));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var reply = (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment))!;
        Assert.Equal(parentId, reply.ParentId);
        return reply;
    }

    private async Task AssertSameAsync(Comment posted, Uri location)
    {
        var read = await system.Client.GetFromJsonAsync(location, ContractsJson.Default.Comment);
        Assert.Equal((posted.Id, posted.Content, posted.Cursor, posted.CreatedAt), (read!.Id, read.Content, read.Cursor, read.CreatedAt));
        Assert.Null(read.IdempotencyKey);
    }

    private async Task<List<string>> ReadAllAsync(string streamId, string commentId)
    {
        var ids = new List<string>();
        for (var next = $"/api/streams/{streamId}/comments/{commentId}/replies?limit=3"; next is not null;)
        {
            using var answer = await system.Client.GetAsync(new Uri(next, UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            ids.AddRange((await answer.Content.ReadFromJsonAsync(ContractsJson.Default.CommentPage))!.Comments.Select(comment => comment.Id));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        return ids;
    }
}
