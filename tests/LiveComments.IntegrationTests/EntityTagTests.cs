using System.Net;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests;

/// <summary>Who asks again for what has not changed is told so in few bytes.</summary>
[Collection(SystemCollection.Name)]
public sealed class EntityTagTests(RunningSystem system)
{
    [Fact]
    public async Task A_page_of_history_is_not_sent_again_until_it_changes()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var path = $"/api/streams/{stream.Id}/comments";
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "first");
        var tag = await ReadAsync(path, null, HttpStatusCode.OK);
        Assert.Equal(tag, await ReadAsync(path, tag, HttpStatusCode.NotModified));
        // The same page is the same bytes, whether it comes from the log or from Postgres.
        await Database.CatchesUpAsync(system);
        Assert.Equal(tag, await ReadAsync(path, $"\"other\", W/{tag}", HttpStatusCode.NotModified));

        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "second");
        Assert.NotEqual(tag, await ReadAsync(path, tag, HttpStatusCode.OK));
        await ReadAsync(path, "nonsense", HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_stream_is_not_sent_again_until_it_ends()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var path = $"/api/streams/{stream.Id}";
        var tag = await ReadAsync(path, null, HttpStatusCode.OK);
        await ReadAsync(path, tag, HttpStatusCode.NotModified);
        using var end = await ada.PostAsync(new Uri($"{path}/end", UriKind.Relative), null);
        end.EnsureSuccessStatusCode();
        await ReadAsync(path, tag, HttpStatusCode.OK);
    }

    private async Task<string> ReadAsync(string path, string? ifNoneMatch, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        using var answer = await system.Client.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.NotModified, (await answer.Content.ReadAsByteArrayAsync()).Length == 0);
        return answer.Headers.ETag!.Tag;
    }
}
