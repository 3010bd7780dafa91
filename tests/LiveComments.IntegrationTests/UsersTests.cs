using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.Testing;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>Who the caller is.</summary>
[Collection(SystemCollection.Name)]
public sealed class UsersTests(RunningSystem system)
{
    [Theory]
    [InlineData(Roles.User)]
    [InlineData(Roles.Moderator)]
    [InlineData(Roles.Admin)]
    public async Task The_token_tells_who_somebody_is(string role)
    {
        using var ada = await system.ClientOfAsync("Ada", role);
        var me = await ada.GetFromJsonAsync(new Uri("/api/users/me", UriKind.Relative), ContractsJson.Default.User);
        Assert.Equal(new User("dev-ada", "Ada", "Ada", null, role), me);
    }

    [Fact]
    public async Task A_comment_shows_the_name_that_its_author_chose_live_in_history_and_in_Postgres()
    {
        using var ada = await system.ClientOfAsync("ada-l", displayName: "Ada Lovelace");
        using var grace = await system.ClientOfAsync("grace");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);
        var named = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "with a name of my own");
        var plain = await RunningSystem.PostAcceptedAsync(grace, stream.Id, "without");
        Assert.Equal(("ada-l", "Ada Lovelace"), (named.Username, named.DisplayName));
        Assert.Null(plain.DisplayName);
        Assert.Equal("Ada Lovelace", (await viewer.NextCommentAsync("the comment")).DisplayName);
        Assert.Null((await viewer.NextCommentAsync("the other")).DisplayName);

        await using var database = NpgsqlDataSource.Create((await system.App.GetConnectionStringAsync("comments"))!);
        await using var rows = database.CreateCommand($"select count(*) from comments where stream_id = '{stream.Id}'");
        await Eventually.UntilAsync("both are in Postgres", async () => (long)(await rows.ExecuteScalarAsync())! == 2);
        // In this order Postgres answers alone.
        var top = await system.Client.GetFromJsonAsync(new Uri($"/api/streams/{stream.Id}/comments?order=top", UriKind.Relative), ContractsJson.Default.CommentPage);
        Assert.Equal([null, "Ada Lovelace"], top!.Comments.Select(comment => comment.DisplayName));
    }

    [Fact]
    public async Task Without_a_token_nobody_is_anybody() =>
        await ProblemDocument.AssertAsync(system.Client, HttpMethod.Get, "/api/users/me", HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
}
