using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Access;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Attacks;

/// <summary>Texts and names that try to end their event and begin another: what a browser makes of the bytes is one event, with the text in it.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class EventInjection(LiveNodes nodes)
{
    private const string Forged = "event: comment_removed\ndata: {}\nid: 9-9\nretry: 1\n\n";

    private static readonly HashSet<string> Types =
        [.. typeof(ServerMessageTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!)];

    private static readonly string[] Texts =
    [
        "data: x", "id: 9-9", "event: x", "retry: 0", ": a comment", "a\nb", "a\rb", "a\r\nb", "a\n\nb", "a\r\rb", $"a\n\n{Forged}b", $"a\r\n\r\n{Forged.Replace("\n", "\r\n", StringComparison.Ordinal)}b", $"a\r\r{Forged.Replace('\n', '\r')}b",
        "a\u2028b", "a\u2029b", "a\u0085b", "a\u000bb", "a\u000cb", "a\0b", "a\u001bb", "\uFEFFdata: x", "a\\nb", "a\\u000a\\u000ab", "</script><script>alert(1)</script>", "\"},{\"type\":\"stream_ended\"", "a\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ];

    [Fact]
    public async Task Whatever_is_written_by_whomever_arrives_as_one_event()
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        using var http = new HttpClient { BaseAddress = nodes.Gateway.Address };
        using var answer = await http.GetAsync(new Uri($"/live/streams/{streamId}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        await using var socket = await LiveClient.OpenAsync(LiveClient.WebSocket, nodes.Gateway.Address, streamId);
        var accepted = new List<Comment>();
        foreach (var (text, number) in Texts.Select((text, number) => (text, number)))
        {
            // Names come from elsewhere, and may be as odd as any.
            using var author = new HttpClient { BaseAddress = nodes.Gateway.Address };
            author.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Of($"author-{number}", username: $"eve {text}", claims: ("name", text)));
            using var posted = await RunningSystem.PostAsync(author, streamId, new PostComment(text));
            Assert.True((int)posted.StatusCode is 201 or (>= 400 and < 500), $"{posted.StatusCode} for {JsonSerializer.Serialize(text)}");
            if (posted.IsSuccessStatusCode)
                accepted.Add((await posted.Content.ReadFromJsonAsync(ContractsJson.Default.Comment))!);
        }

        Assert.True(accepted.Count >= 15, $"only {accepted.Count} were accepted");
        var seen = new List<Comment>();
        await Eventually.WithinAsync("all of them", ReadAsync());
        Assert.Equal(accepted.Select(comment => (comment.Id, comment.Content, comment.Username)), seen.Select(comment => (comment.Id, comment.Content, comment.Username)));
        Assert.Equal(accepted.Select(comment => comment.Content), await socket.NextContentsAsync(accepted.Count, "the same over a WebSocket"));

        async Task ReadAsync()
        {
            await foreach (var (type, data, _) in BrowserEvents.ReadAsync(stream))
            {
                Assert.Contains(type, Types);
                using var message = JsonDocument.Parse(data);
                if (type != ServerMessageTypes.CommentsBatch)
                    continue;
                seen.AddRange(JsonSerializer.Deserialize(data, ContractsJson.Default.ServerMessageCommentsBatch)!.Payload.Comments);
                if (seen.Count >= accepted.Count)
                    return;
            }
        }
    }

    [Fact]
    public async Task A_title_stays_within_its_field()
    {
        var (_, author) = await nodes.NewStreamAsync();
        foreach (var text in Texts)
        {
            using var made = await author.PostAsJsonAsync(new Uri("/api/streams", UriKind.Relative), new CreateStream($"title {text}"), ContractsJson.Default.CreateStream);
            Assert.True((int)made.StatusCode is 201 or (>= 400 and < 500), $"{made.StatusCode} for {JsonSerializer.Serialize(text)}");
            if (!made.IsSuccessStatusCode)
                continue;
            var stream = (await made.Content.ReadFromJsonAsync(ContractsJson.Default.LiveStream))!;
            using var http = new HttpClient { BaseAddress = nodes.Gateway.Address };
            var read = await http.GetFromJsonAsync(new Uri($"/api/streams/{stream.Id}", UriKind.Relative), ContractsJson.Default.LiveStream);
            Assert.Equal(stream.Title, read!.Title);
        }
    }
}
