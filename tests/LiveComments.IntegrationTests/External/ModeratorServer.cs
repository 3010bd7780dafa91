using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveComments.IntegrationTests.External;

/// <summary>Somebody else's moderator, over HTTP: does with each question what the test says.</summary>
sealed class ModeratorServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    public ModeratorServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/elsewhere", () => { WasElsewhere = true; });
        _app.MapPost("/look", async (HttpContext context) =>
        {
            using var question = await JsonDocument.ParseAsync(context.Request.Body);
            Questions.Enqueue((question.RootElement.GetRawText(), context.Request.Headers.Authorization.ToString()));
            await Answer(context, question.RootElement.GetProperty("content").GetString()!);
        });
    }

    public Uri Url { get; private set; } = null!;

    public ConcurrentQueue<(string Body, string Authorization)> Questions { get; } = new();

    public bool WasElsewhere { get; private set; }

    /// <summary>Approves whatever it is asked until told otherwise.</summary>
    public Func<HttpContext, string, Task> Answer { get; set; } = (context, _) => SayAsync(context, """{"action":"approve"}""");

    public static async Task<ModeratorServer> StartAsync()
    {
        var server = new ModeratorServer();
        await server._app.StartAsync();
        server.Url = new Uri(new Uri(server._app.Urls.Single()), "/look");
        return server;
    }

    public static Task SayAsync(HttpContext context, string body) => context.Response.WriteAsync(body, context.RequestAborted);

    /// <summary>Says nothing until who asks has gone.</summary>
    public static async Task SayNothingAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.RequestAborted.Register(() => gone.TrySetResult()))
            await gone.Task;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
