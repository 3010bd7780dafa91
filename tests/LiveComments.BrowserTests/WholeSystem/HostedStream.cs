using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>A stream of a host's on which Ada has said something: what tests of moderators' pages begin with.</summary>
sealed class HostedStream(LiveStream stream, HttpClient host, HttpClient ada) : IDisposable
{
    public string Id => stream.Id;

    public HttpClient Host => host;

    public HttpClient Ada => ada;

    /// <summary>Where a page about it is, behind the system's address.</summary>
    public string Address => $"streams/{stream.Id}";

    /// <summary>What Ada has said, in order.</summary>
    public List<Comment> Comments { get; } = [];

    /// <param name="system">Where.</param>
    /// <param name="title">What it is called.</param>
    /// <param name="texts">What Ada says.</param>
    /// <param name="rules">In force before she does.</param>
    public static async Task<HostedStream> BeginAsync(RunningSystem system, string title, string[]? texts = null, ModerationRules? rules = null)
    {
        var (host, ada) = (await system.ClientOfAsync("host"), await system.ClientOfAsync("ada"));
        var hosted = new HostedStream(await RunningSystem.NewStreamAsync(host, title), host, ada);
        if (rules is not null)
        {
            using var answer = await host.PutAsJsonAsync($"/api/streams/{hosted.Id}/moderation/rules", rules, ContractsJson.Default.ModerationRules);
            answer.EnsureSuccessStatusCode();
        }

        foreach (var text in texts ?? [])
            hosted.Comments.Add(await RunningSystem.PostAcceptedAsync(ada, hosted.Id, text));
        return hosted;
    }

    /// <summary>What Ada is answered when she says that.</summary>
    public async Task<HttpStatusCode> PostAsync(string text)
    {
        using var answer = await RunningSystem.PostAsync(ada, stream.Id, new PostComment(text));
        return answer.StatusCode;
    }

    public void Dispose()
    {
        host.Dispose();
        ada.Dispose();
    }
}
