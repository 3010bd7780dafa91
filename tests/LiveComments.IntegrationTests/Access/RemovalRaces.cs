using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>
/// 10,000 readers race with removals: on two Fanout nodes and through two Api processes, joining, resuming and reading history,
/// begun while a removal is under way and the moment after it was acknowledged. Who began after that is shown it never.
/// </summary>
[Collection(AccessCollection.Name)]
public sealed class RemovalRaces(AccessSystem system) : IDisposable
{
    private const int Races = 10_000;

    // Half of them begin while the removal is under way.
    private const int RacesOfOne = 100;

    // A new stream now and then, so that rooms are opened by racers, too.
    private const int RemovalsOfOneStream = 10;

    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("race-owner"));
    private readonly HttpClient _ownerElsewhere = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("race-owner"));
    private readonly HttpClient _author = AccessSystem.ClientOf(system.Api, TestTokens.Of("race-author"));
    private readonly HttpClient _authorElsewhere = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("race-author"));
    private int _joiners;
    private readonly HttpClient _node = AccessSystem.ClientOf(system.Fanout);

    // So many that none of them watches on more connections than one user may.
    private readonly HttpClient[] _otherNode = [.. Enumerable.Range(0, 20).Select(number => AccessSystem.ClientOf(system.ClosedFanout, TestTokens.Of($"race-viewer-{number}")))];

    public void Dispose()
    {
        foreach (var client in _otherNode.Concat([_owner, _ownerElsewhere, _author, _authorElsewhere, _node]))
            client.Dispose();
    }

    [Fact]
    public Task Nobody_who_begins_after_a_removal_was_acknowledged_is_shown_what_was_removed() => Seed.ForEachAsync(1, async random =>
    {
        var stream = "";
        var leaks = new List<string>();
        for (var removal = 0; removal < Races / RacesOfOne; removal++)
        {
            if (removal % RemovalsOfOneStream == 0)
                stream = (await RunningSystem.NewStreamAsync(_owner)).Id;
            leaks.AddRange(await RaceAsync(stream, $"regretted-{removal}-", random));
        }

        Assert.Empty(leaks);
    });

    private async Task<IEnumerable<string>> RaceAsync(string streamId, string text, Random random)
    {
        var before = await RunningSystem.PostAcceptedAsync(_owner, streamId, "stays");
        var comment = await RunningSystem.PostAcceptedAsync(random.Next(2) == 0 ? _author : _authorElsewhere, streamId, text + "!");
        using var tagged = await _author.GetAsync(new Uri($"/api/streams/{streamId}/comments?limit=5", UriKind.Relative));
        var race = new Race(streamId, before.Cursor!, comment.Id, text, tagged.Headers.ETag!);
        // Drawn here, since they are answered by several threads.
        var (during, after) = (Draw(RacesOfOne / 2), Draw(RacesOfOne / 2));
        var removing = RemoveAsync(race, random.Next(4));
        var early = during.ConvertAll(kind => AskAsync(race, kind));
        await removing;
        var late = await Task.WhenAll(after.ConvertAll(kind => AskAsync(race, kind)));
        await Task.WhenAll(early);
        return late.OfType<string>();

        List<int> Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(100))];
    }

    private async Task RemoveAsync(Race race, int by)
    {
        using var answer = by switch
        {
            0 => await _author.DeleteAsync(new Uri($"/api/streams/{race.StreamId}/comments/{race.CommentId}", UriKind.Relative)),
            1 => await _authorElsewhere.DeleteAsync(new Uri($"/api/streams/{race.StreamId}/comments/{race.CommentId}", UriKind.Relative)),
            _ => await (by == 2 ? _owner : _ownerElsewhere).PostAsJsonAsync(
                $"/api/streams/{race.StreamId}/moderation/comments/{race.CommentId}/delete", new ModerationReason(), ContractsJson.Default.ModerationReason),
        };
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>One reader. What it was that showed the comment; null for nothing.</summary>
    private async Task<string?> AskAsync(Race race, int kind)
    {
        var (api, node) = kind % 2 == 0 ? (_author, _node) : (_authorElsewhere, _otherNode[kind % _otherNode.Length]);
        var live = $"/live/streams/{race.StreamId}/events";
        var comments = $"/api/streams/{race.StreamId}/comments";
        var (what, answer) = kind switch
        {
            < 35 => ("a join", await ReadAsync(node, $"{live}?wait=0", isLive: true)),
            < 60 => ("a resume", await ReadAsync(node, $"{live}?wait=0&cursor={race.Before}", isLive: true)),
            < 62 => ("a join by events", await JoinAsync(LiveClient.Sse, kind, race)),
            < 64 => ("a join by WebSocket", await JoinAsync(LiveClient.WebSocket, kind, race)),
            < 80 => ("the newest page", await ReadAsync(api, $"{comments}?limit=5")),
            < 84 => ("the newest page, by its tag", await ReadAsync(api, $"{comments}?limit=5", tag: race.Tag, shown: race.Text)),
            < 88 => ("the oldest page", await ReadAsync(api, $"{comments}?order=oldest&cursor={race.Before}")),
            < 91 => ("the top", await ReadAsync(api, $"{comments}?order=top&limit=5")),
            < 94 => ("the comment itself", await ReadAsync(api, $"{comments}/{race.CommentId}")),
            < 97 => ("its replies", await ReadAsync(api, $"{comments}/{race.CommentId}/replies", shown: race.Text)),
            _ => ("who reacted", await ReadAsync(api, $"{comments}/{race.CommentId}/reactions", shown: race.Text)),
        };
        return answer.Contains(race.Text, StringComparison.Ordinal) ? $"{what} showed {race.Text} through {(kind % 2 == 0 ? "one" : "the other")}" : null;
    }

    /// <summary>The answer's text; <paramref name="shown"/> for an answer that says that the comment is still there.</summary>
    private static async Task<string> ReadAsync(HttpClient client, string address, bool isLive = false, EntityTagHeaderValue? tag = null, string? shown = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
        if (isLive)
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (tag is not null)
            request.Headers.IfNoneMatch.Add(tag);
        using var answer = await client.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.NotModified)
            return shown!;
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{address} answered {answer.StatusCode}.");
        return tag is null && shown is not null && answer.StatusCode == HttpStatusCode.OK ? shown : await answer.Content.ReadAsStringAsync();
    }

    private async Task<string> JoinAsync(string transport, int kind, Race race)
    {
        var (node, token) = kind % 2 == 0 ? (system.Fanout, null) : (system.ClosedFanout, TestTokens.Of($"race-joiner-{Interlocked.Increment(ref _joiners)}"));
        await using var viewer = await LiveClient.OpenAsync(transport, node.Address, race.StreamId, token: token);
        return (await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch)).Payload.GetRawText();
    }

    private sealed record Race(string StreamId, string Before, string CommentId, string Text, EntityTagHeaderValue Tag);
}
