using System.Net;
using System.Net.Http.Json;
using System.Text;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Rules tried on what was said: what they would have changed is told, and nothing is.</summary>
[Collection(AccessCollection.Name)]
public sealed class DryRunTests(AccessSystem system) : IDisposable
{
    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("dry-owner"));
    private readonly HttpClient _ada = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
    private readonly HttpClient _judge = AccessSystem.ClientOf(system.Api, TestTokens.Of("dry-judge", Roles.Moderator));

    public void Dispose()
    {
        _owner.Dispose();
        _ada.Dispose();
        _judge.Dispose();
    }

    [Fact]
    public async Task A_draft_is_compared_with_the_rules_in_force_and_nothing_is_written()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var inForce = new ModerationRules { Words = [new("maybe", ModerationActions.Hold)] };
        using (var put = await _owner.PutAsJsonAsync($"/api/streams/{stream.Id}/moderation/rules", inForce, ContractsJson.Default.ModerationRules))
            put.EnsureSuccessStatusCode();
        await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "hello everybody");
        var held = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "maybe this");
        var turnips = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "I like turnips");
        var taken = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "turnips that are taken back");
        // Who moderates says what they like, then and now.
        await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "turnips of the broadcaster");
        await RunningSystem.PostAcceptedAsync(_judge, stream.Id, "turnips of a moderator");
        var pasted = new List<string>();
        for (var time = 0; time < 3; time++)
            pasted.Add((await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "the very same sentence, again and again")).Id);
        await CaughtUpAsync(stream.Id, 9);
        using (var deleted = await _ada.DeleteAsync(new Uri($"/api/streams/{stream.Id}/comments/{taken.Id}", UriKind.Relative)))
            deleted.EnsureSuccessStatusCode();

        var draft = new ModerationRules { Words = [new("turnips", ModerationActions.Reject)], Duplicates = new(ModerationActions.Drop, PerUser: 2) };
        var run = await RunAsync(stream.Id, new DryRunRequest(draft));
        Assert.Equal((8, 1, 1, 3, 1.0, null, null), (run.Examined, run.RemovedExamined, run.RemovedCaught, run.ChangedCount, run.Progress, run.Next, run.ChangedNext));
        Assert.Equal([new(ModerationActions.Approve, "", 7), new(ModerationActions.Hold, "word", 1)], run.Before);
        Assert.Equal([new(ModerationActions.Approve, "", 6), new(ModerationActions.Reject, "word", 1), new(ModerationActions.Drop, "duplicate", 1)], run.After);
        Assert.Equal(
            [
                (held.Id, ModerationActions.Hold, ModerationActions.Hold, ModerationActions.Approve), (turnips.Id, ModerationActions.Approve, ModerationActions.Approve, ModerationActions.Reject),
                (pasted[2], ModerationActions.Approve, ModerationActions.Approve, ModerationActions.Drop),
            ],
            run.Changed.Select(change => (change.Comment.Id, change.Stored, change.Before.Action, change.After.Action)));
        Assert.Equal("turnips", run.Changed[1].After.Detail);
        Assert.Equal("en", (await RunAsync(stream.Id, new DryRunRequest(new ModerationRules { Patterns = [new("sentence", ModerationActions.Hold)] }))).Changed[^1].Scores.Language);

        // Changed ones page by page: counts go on from there.
        var page = await RunAsync(stream.Id, new DryRunRequest(draft, Limit: 1));
        Assert.Equal((3, held.Id), (page.ChangedCount, Assert.Single(page.Changed).Comment.Id));
        var second = await RunAsync(stream.Id, new DryRunRequest(draft, Limit: 1, Cursor: page.ChangedNext));
        Assert.Equal((2, turnips.Id), (second.ChangedCount, Assert.Single(second.Changed).Comment.Id));
        var third = await RunAsync(stream.Id, new DryRunRequest(draft, Limit: 1, Cursor: second.ChangedNext));
        // What it repeats lies before the page.
        Assert.Equal((1, pasted[2], null), (third.ChangedCount, Assert.Single(third.Changed).Comment.Id, third.ChangedNext));

        // A part of the time.
        var (from, to) = (turnips.CreatedAt, turnips.CreatedAt + 1);
        Assert.Equal((1, 1), await RunAsync(stream.Id, new DryRunRequest(draft, from, to)) is { } part ? (part.Examined, part.ChangedCount) : default);
        Assert.Equal(0, (await RunAsync(stream.Id, new DryRunRequest(draft, From: to + 100_000_000))).Examined);

        Assert.Equal(inForce.Words, (await _owner.GetFromJsonAsync(new Uri($"/api/streams/{stream.Id}/moderation/rules", UriKind.Relative), ContractsJson.Default.ModerationRules))!.Words);
        await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "turnips are welcome");
    }

    [Fact]
    public async Task A_long_past_is_looked_at_piece_by_piece_while_people_post()
    {
        const int Comments = 30_000;
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "the first");
        await CaughtUpAsync(stream.Id, 1);
        await using (var database = NpgsqlDataSource.Create(system.Postgres.ConnectionString))
        {
            // As the persister would have written them, at a rate that no test could wait for.
            await using var command = database.CreateCommand(
                """
                insert into comments (archive_month, stream_id, log_sequence, epoch, id, user_id, username, content, created_at, received_at)
                select archive_month, id, 1000000 + n, 1, 5000000 + n, 'user-' || n % 500, 'user-' || n % 500, case when n % 10 = 0 then 'turnip number ' else 'comment number ' end || n, started_at + n * interval '1 ms', now()
                from streams, generate_series(1, $2) as n where id = $1
                """);
            command.Parameters.Add(new NpgsqlParameter { Value = stream.Id });
            command.Parameters.Add(new NpgsqlParameter { Value = Comments });
            await command.ExecuteNonQueryAsync();
        }

        var request = new DryRunRequest(new ModerationRules { Words = [new("turnip", ModerationActions.Hold)] }, Limit: 1);
        var (examined, changed, pieces, progress) = (0, 0, 0, 0.0);
        do
        {
            var posting = RunningSystem.PostAcceptedAsync(_owner, stream.Id, "meanwhile");
            var piece = await RunAsync(stream.Id, request);
            await Eventually.WithinAsync("a post meanwhile", posting);
            Assert.InRange(piece.Progress, progress, 1);
            Assert.Equal(piece.Next is null, piece.Progress == 1);
            (examined, changed, progress, pieces) = (examined + piece.Examined, changed + piece.ChangedCount, piece.Progress, pieces + 1);
            request = request with { Cursor = piece.Next };
        }
        while (request.Cursor is not null);

        // What is said meanwhile may be among them already.
        Assert.InRange(examined, Comments + 1, Comments + 1 + pieces);
        Assert.Equal(Comments / 10, changed);
        Assert.InRange(pieces, Comments / 10_000, 1_000);
    }

    [Theory]
    [InlineData("{}", ErrorCodes.InvalidMessage)]
    [InlineData("""{"rules":null}""", ErrorCodes.InvalidMessage)]
    [InlineData("""{"rules":{"patterns":[{"pattern":"(a)\\1","action":"hold"}]}}""", ErrorCodes.RuleInvalid)]
    [InlineData("""{"rules":{"language":{"action":"hold","allowed":["xx"]}}}""", ErrorCodes.RuleInvalid)]
    [InlineData("""{"rules":{},"limit":0}""", ErrorCodes.LimitInvalid)]
    [InlineData("""{"rules":{},"limit":201}""", ErrorCodes.LimitInvalid)]
    [InlineData("""{"rules":{},"from":-1}""", ErrorCodes.RangeInvalid)]
    [InlineData("""{"rules":{},"from":5,"to":5}""", ErrorCodes.RangeInvalid)]
    [InlineData("""{"rules":{},"to":9223372036854775807}""", ErrorCodes.RangeInvalid)]
    [InlineData("""{"rules":{},"cursor":"soon"}""", ErrorCodes.CursorInvalid)]
    public async Task What_cannot_be_tried_is_refused(string body, string code)
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _owner.PostAsync(new Uri($"/api/streams/{stream.Id}/moderation/dry-run", UriKind.Relative), content);
        await ProblemDocument.AssertAsync(answer, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_draft_of_ten_thousand_words_passes_the_gateway()
    {
        using var owner = AccessSystem.ClientOf(system.Gateway, TestTokens.Of("dry-owner"));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var words = Enumerable.Range(0, ModerationLimits.MaxWords).Select(index => new WordRule($"unmöglichkeit{index}", ModerationActions.Reject)).ToList();
        using var answer = await PostAsync(owner, stream.Id, new DryRunRequest(new ModerationRules { Words = words }));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task CaughtUpAsync(string streamId, int comments)
    {
        await using var database = NpgsqlDataSource.Create(system.Postgres.ConnectionString);
        await using var command = database.CreateCommand("select (select count(*) from comments where stream_id = $1) + (select count(*) from held_comments where stream_id = $1)");
        command.Parameters.Add(new NpgsqlParameter { Value = streamId });
        await Eventually.UntilAsync("Postgres has what was said", async () => await command.ExecuteScalarAsync() is long count && count == comments);
    }

    private async Task<DryRun> RunAsync(string streamId, DryRunRequest request)
    {
        using var answer = await PostAsync(_owner, streamId, request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.DryRun))!;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string streamId, DryRunRequest request) =>
        client.PostAsJsonAsync($"/api/streams/{streamId}/moderation/dry-run", request, ContractsJson.Default.DryRunRequest);
}
