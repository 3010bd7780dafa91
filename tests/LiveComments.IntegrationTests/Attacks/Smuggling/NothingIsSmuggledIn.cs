using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <summary>The same bytes to the real services, with a real comment hidden in them.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class NothingIsSmuggledIn(LiveNodes nodes)
{
    private const string Smuggled = "smuggled";

    [Fact]
    public async Task No_comment_that_is_hidden_in_another_request_is_ever_stored()
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        var token = author.DefaultRequestHeaders.Authorization!.Parameter;
        var target = $"/api/streams/{streamId}/comments";
        const string Body = $"{{\"content\":\"{Smuggled}\"}}";
        var hidden = string.Create(CultureInfo.InvariantCulture, $"POST {target} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.ASCII.GetByteCount(Body)}\r\n\r\n{Body}");
        const string Last = "GET /alive HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n";
        // What lies behind the end of a request by every reading is the next one, and is none of these.
        var cases = SmugglingCases.With(target, Smuggled, hidden).Where(one => one.Request.Contains(hidden, StringComparison.Ordinal) && !one.Passes.Any(passes => passes.Contains(Smuggled, StringComparison.Ordinal))).ToList();
        Assert.True(cases.Count >= 30, $"only {cases.Count}");
        foreach (var one in cases)
        {
            var answers = await RawExchange.SendAsync(nodes.Gateway.Address, one.Request + Last, one.Request.StartsWith("HEAD ", StringComparison.Ordinal) ? [0] : []);
            Assert.True(answers.Count <= (one.IsRefused ? 1 : 2), $"{one.Name}: {answers.Count} answers");
        }

        // It would have been let in: in the open it is.
        await RawExchange.SendAsync(nodes.Gateway.Address, hidden.Replace(Smuggled, "in plain!", StringComparison.Ordinal).Replace("Content-Length: 22", "Content-Length: 23", StringComparison.Ordinal) + Last);
        await RunningSystem.PostAcceptedAsync(author, streamId, "last");
        var page = await author.GetFromJsonAsync(new Uri($"{target}?order=oldest", UriKind.Relative), ContractsJson.Default.CommentPage);
        Assert.Equal(["in plain!", "last"], page!.Comments.Select(comment => comment.Content));
    }
}
