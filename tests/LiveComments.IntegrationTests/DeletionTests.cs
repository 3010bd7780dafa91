using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>A comment that its author takes back.</summary>
[Collection(SystemCollection.Name)]
public sealed class DeletionTests(RunningSystem system)
{
    [Fact]
    public async Task A_deleted_comment_is_gone_everywhere_at_once_and_stays_gone()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "first");
        var regretted = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "regretted");
        var last = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "last");
        for (var comment = 0; comment < 3; comment++)
            await viewer.NextCommentAsync("the comments reach the viewer");
        var before = first.Cursor;

        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(ada, stream.Id, regretted.Id));
        await AssertGoneAsync(stream.Id, regretted.Id, first.Id, last.Id);

        var removal = await viewer.NextAsync("the viewer is told");
        Assert.Equal(ServerMessageTypes.CommentRemoved, removal.Type);
        Assert.Equal((stream.Id, regretted.Id), (removal.Payload.GetProperty("streamId").GetString(), removal.Payload.GetProperty("commentId").GetString()));

        // Who comes, and who comes back, is not sent it any more; who may have had it is told.
        using var fresh = await EventStream.OpenAsync(system.Client, stream.Id);
        Assert.Equal(["first", "last"], [(await fresh.NextCommentAsync("a backfill")).Content, (await fresh.NextCommentAsync("a backfill")).Content]);
        using var back = await EventStream.OpenAsync(system.Client, stream.Id, before);
        Assert.Equal("last", (await back.NextCommentAsync("what was missed")).Content);
        Assert.Equal(ServerMessageTypes.CommentRemoved, (await back.NextAsync("the removal")).Type);
        Assert.Equal(removal.Id, back.LastEventId);

        await Database.CatchesUpAsync(system);
        await AssertGoneAsync(stream.Id, regretted.Id, first.Id, last.Id);
        await using var database = await Database.OpenAsync(system);
        await using var count = database.CreateCommand("select comment_count from streams where id = $1");
        count.Parameters.Add(new NpgsqlParameter { Value = stream.Id });
        Assert.Equal(2L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_comment_that_Postgres_has_is_left_out_while_only_the_log_knows_of_its_deletion()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var posted = new List<string>();
        for (var post = 0; post < 6; post++)
            posted.Add((await RunningSystem.PostAcceptedAsync(ada, stream.Id, $"post {post}")).Id);
        await Database.CatchesUpAsync(system);
        await DeleteAsync(ada, stream.Id, posted[2]);
        await AssertGoneAsync(stream.Id, posted[2], [.. posted.Where(id => id != posted[2])]);
    }

    [Fact]
    public async Task Deleting_twice_or_by_many_at_once_is_one_deletion()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "oops");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => DeleteAsync(ada, stream.Id, comment.Id)));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.NoContent, status));
        await Database.CatchesUpAsync(system);
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(ada, stream.Id, comment.Id));
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "the end");

        var removals = 0;
        for (var content = ""; content != "the end";)
        {
            var received = await viewer.NextAsync("the last comment");
            removals += received.Type == ServerMessageTypes.CommentRemoved ? 1 : 0;
            if (received.Type == ServerMessageTypes.CommentsBatch && received.Payload.GetProperty("comments") is { } comments && comments.GetArrayLength() > 0)
                content = comments[comments.GetArrayLength() - 1].GetProperty("content").GetString()!;
        }

        Assert.Equal(1, removals);
    }

    [Fact]
    public async Task Nobody_answers_a_deleted_comment()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "oops");
        await DeleteAsync(ada, stream.Id, comment.Id);
        using var answer = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("what was that?", comment.Id));
        await ProblemDocument.AssertAsync(answer, HttpStatusCode.BadRequest, ErrorCodes.CommentNotFound);
    }

    [Fact]
    public async Task A_retry_of_a_reply_is_answered_though_its_parent_was_deleted_since()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var parent = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "oops");
        using var first = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("what?", parent.Id), "reply");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await DeleteAsync(ada, stream.Id, parent.Id);
        using var again = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("what?", parent.Id), "reply");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
    }

    [Theory]
    [InlineData(Roles.User)]
    [InlineData(Roles.Moderator)]
    [InlineData(Roles.Admin)]
    public async Task Only_its_author_deletes_a_comment(string role)
    {
        using var ada = await system.ClientOfAsync("ada");
        using var other = await system.ClientOfAsync($"other-{role}", role);
        var stream = await RunningSystem.NewStreamAsync(other);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "mine");
        var path = $"/api/streams/{stream.Id}/comments/{comment.Id}";
        await ProblemDocument.AssertAsync(system.Client, HttpMethod.Delete, path, HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
        await ProblemDocument.AssertAsync(other, HttpMethod.Delete, path, HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Delete, $"/api/streams/demo/comments/{comment.Id}", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Delete, $"/api/streams/{stream.Id}/comments/1", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Delete, $"/api/streams/{stream.Id}/comments/x", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Delete, $"/api/streams/no-such-stream/comments/{comment.Id}", HttpStatusCode.NotFound, ErrorCodes.StreamNotFound);
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(ada, stream.Id, comment.Id));
        await ProblemDocument.AssertAsync(other, HttpMethod.Delete, path, HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
    }

    private static async Task<HttpStatusCode> DeleteAsync(HttpClient client, string streamId, string commentId)
    {
        using var answer = await client.DeleteAsync(new Uri($"/api/streams/{streamId}/comments/{commentId}", UriKind.Relative));
        return answer.StatusCode;
    }

    private async Task AssertGoneAsync(string streamId, string deleted, params string[] left)
    {
        await ProblemDocument.AssertAsync(system.Client, HttpMethod.Get, $"/api/streams/{streamId}/comments/{deleted}", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        Assert.Equal(left, await ReadAsync(streamId, "oldest"));
        Assert.Equal(left.Reverse(), await ReadAsync(streamId, "newest"));
    }

    private async Task<List<string>> ReadAsync(string streamId, string order)
    {
        var ids = new List<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = (await system.Client.GetFromJsonAsync(new Uri($"/api/streams/{streamId}/comments?order={order}&limit=2{cursor}", UriKind.Relative), ContractsJson.Default.CommentPage))!;
            ids.AddRange(page.Comments.Select(comment => comment.Id));
            cursor = page.Next is null ? null : $"&cursor={page.Next}";
        }

        return ids;
    }
}
