using System.Net;
using System.Text.Json;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.DependencyInjection;

namespace LiveComments.LocalHostTests;

public sealed class DashboardTests : IAsyncLifetime
{
    private const string Secret = "a-secret-that-nobody-sees";

    private readonly IDistributedApplicationTestingBuilder _builder = DistributedApplicationTestingBuilder.Create([], (options, _) => options.DisableDashboard = false);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private DistributedApplication _app = null!;
    private DashboardServer _dashboard = null!;

    public async Task InitializeAsync()
    {
        var secret = _builder.AddParameter("password", Secret, secret: true);
        _builder.AddExecutable("talker", "/bin/sh", "/", "-c", "echo '<b>hello</b>'; echo \"password is $PASSWORD\"; sleep 1000").WithHttpEndpoint().WithEnvironment("PASSWORD", secret);
        _app = await _builder.BuildAsync();
        await _app.StartAsync();
        _dashboard = _app.Services.GetRequiredService<DashboardServer>();
        await _app.ResourceNotifications.WaitForResourceAsync("talker");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _builder.DisposeAsync();
    }

    [Fact]
    public async Task Page_lets_in_who_has_the_key_and_nobody_else()
    {
        using var stranger = await _client.GetAsync(new Uri($"{_dashboard.Url}/"));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        using var guesser = await _client.GetAsync(new Uri($"{_dashboard.Url}/login?t=0123456789abcdef"));
        Assert.Equal(HttpStatusCode.Unauthorized, guesser.StatusCode);
        Assert.False(guesser.Headers.Contains("Set-Cookie"));

        var cookie = await LoginAsync();

        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(_dashboard.LoginUrl.Split("t=")[1], cookie, StringComparison.Ordinal);
        foreach (var path in new[] { "/", "/page.js", "/shared.js", "/metrics.js", "/traces.js", "/page.css", "/icon.svg" })
        {
            using var answer = await SendAsync(path, cookie);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("default-src 'self'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Name_that_is_not_ours_is_refused_even_with_the_cookie()
    {
        var cookie = await LoginAsync();
        using var rebound = new HttpRequestMessage(HttpMethod.Get, $"{_dashboard.Url}/");
        rebound.Headers.Host = $"evil.example:{_dashboard.Port}";
        rebound.Headers.Add("Cookie", cookie.Split(';')[0]);

        using var answer = await _client.SendAsync(rebound);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Resources_and_logs_are_served_without_secrets()
    {
        var cookie = await LoginAsync();

        var talker = await EventAsync("/api/resources", cookie, data => data.GetProperty("name").GetString() == "talker" && data.GetProperty("state").GetString() == "Running");
        Assert.StartsWith("http://localhost:", talker.GetProperty("urls")[0].GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, talker.ToString(), StringComparison.Ordinal);
        Assert.Contains(talker.GetProperty("environment").EnumerateArray(), variable => variable.GetProperty("name").GetString() == "PASSWORD" && variable.GetProperty("value").GetString() == "••••••••");

        var line = await EventAsync("/api/resources/talker/logs", cookie, data => data.GetProperty("text").GetString()!.StartsWith("password is", StringComparison.Ordinal));
        Assert.Equal("password is ••••••••", line.GetProperty("text").GetString());
        await EventAsync("/api/resources/talker/logs", cookie, data => data.GetProperty("text").GetString() == "<b>hello</b>");
        using var unknown = await SendAsync("/api/resources/nobody/logs", cookie);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private async Task<string> LoginAsync()
    {
        using var answer = await _client.GetAsync(new Uri(_dashboard.LoginUrl));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return Assert.Single(answer.Headers.GetValues("Set-Cookie"));
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _dashboard.Url + path);
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<JsonElement> EventAsync(string path, string cookie, Func<JsonElement, bool> wanted)
    {
        using var timeout = new CancellationTokenSource(Eventually.DefaultTimeout);
        using var answer = await SendAsync(path, cookie);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(timeout.Token));
        while (await reader.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]) is var data && wanted(data))
                return data;
        }

        throw new InvalidOperationException($"{path} ended.");
    }
}
