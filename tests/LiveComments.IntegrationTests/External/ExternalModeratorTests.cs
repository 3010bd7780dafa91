using System.Net;
using System.Text.Json;
using LiveComments.Api.Moderation;
using LiveComments.Api.Moderation.External;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveComments.IntegrationTests.External;

/// <summary>Somebody else's moderator says what it likes, or nothing; a comment gets a verdict all the same.</summary>
public sealed class ExternalModeratorTests : IAsyncLifetime
{
    private readonly Verdict _unavailable = new(ModerationAction.Hold, ReasonCodes.ExternalUnavailable);
    private ModeratorServer _server = null!;

    public async Task InitializeAsync() => _server = await ModeratorServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("""{"action":"approve"}""", ModerationAction.Approve, "", null)]
    [InlineData("""{"action":"hold","reason":"looks\nodd","score":0.7}""", ModerationAction.Hold, ReasonCodes.External, "looksodd")]
    [InlineData("""{"action":"reject"}""", ModerationAction.Reject, ReasonCodes.External, null)]
    [InlineData("""{"action":"drop","reason":" "}""", ModerationAction.Drop, ReasonCodes.External, null)]
    public async Task Its_verdict_counts_and_it_is_told_the_text_alone(string answer, object action, string reason, string? detail)
    {
        using var host = HostWith(ExternalFailure.Closed, ("Token", "a-secret"));
        _server.Answer = (context, _) => ModeratorServer.SayAsync(context, answer);
        Assert.Equal(new Verdict((ModerationAction)action, reason, detail), await LookAsync(host, "is this fine?"));
        var (body, authorization) = Assert.Single(_server.Questions);
        Assert.Equal("Bearer a-secret", authorization);
        using var question = JsonDocument.Parse(body);
        Assert.Equal([("content", "is this fine?"), ("streamId", "stream")], question.RootElement.EnumerateObject().Select(property => (property.Name, property.Value.GetString()!)).Order());
    }

    [Fact]
    public async Task The_same_text_on_the_same_stream_is_asked_about_once()
    {
        using var host = HostWith(ExternalFailure.Open);
        _server.Answer = (context, text) => ModeratorServer.SayAsync(context, text == "bad" ? """{"action":"reject"}""" : """{"action":"approve"}""");
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(ModerationAction.Reject, (await LookAsync(host, "bad")).Action);
            Assert.Equal(ModerationAction.Approve, (await LookAsync(host, "good")).Action);
        }

        Assert.Equal(2, _server.Questions.Count);
        using var forgetful = HostWith(ExternalFailure.Open, ("RememberFor", "0:00:00"));
        await LookAsync(forgetful, "bad");
        await LookAsync(forgetful, "bad");
        Assert.Equal(4, _server.Questions.Count);
    }

    [Theory]
    [InlineData("silent", ExternalOutcome.Timeout)]
    [InlineData("begins and stops", ExternalOutcome.Timeout)]
    [InlineData("breaks", ExternalOutcome.Status)]
    [InlineData("refuses", ExternalOutcome.Status)]
    [InlineData("redirects", ExternalOutcome.Status)]
    [InlineData("no json", ExternalOutcome.Garbage)]
    [InlineData("nothing", ExternalOutcome.Garbage)]
    [InlineData("null", ExternalOutcome.Garbage)]
    [InlineData("another type", ExternalOutcome.Garbage)]
    [InlineData("unknown action", ExternalOutcome.Garbage)]
    [InlineData("without end", ExternalOutcome.Unreachable)]
    [InlineData("hangs up", ExternalOutcome.Unreachable)]
    [InlineData("down", ExternalOutcome.Unreachable)]
    public async Task What_is_no_verdict_is_what_the_deployment_says(string misbehaviour, string outcome)
    {
        _server.Answer = (context, _) => MisbehaveAsync(context, misbehaviour);
        // Short where nothing but its end is waited for.
        var deadline = outcome == ExternalOutcome.Timeout ? "0:00:00.7" : "0:00:05";
        using var open = HostWith(ExternalFailure.Open, ("Deadline", deadline));
        using var closed = HostWith(ExternalFailure.Closed, ("Deadline", deadline));
        if (misbehaviour == "down")
            await _server.DisposeAsync();
        Assert.Equal(Verdict.Fine, await LookAsync(open, "is this fine?"));
        Assert.Equal(_unavailable with { Detail = outcome }, await LookAsync(closed, "is this fine?"));
        Assert.False(_server.WasElsewhere);
        // It is asked once: who posts has no time for more.
        Assert.Equal(misbehaviour == "down" ? 0 : 2, _server.Questions.Count);
        // No verdict is remembered.
        if (misbehaviour == "down")
            return;
        _server.Answer = (context, _) => ModeratorServer.SayAsync(context, """{"action":"reject"}""");
        Assert.Equal(ModerationAction.Reject, (await LookAsync(closed, "is this fine?")).Action);
    }

    [Fact]
    public async Task One_that_fails_again_and_again_is_let_alone_for_a_while_and_asked_again()
    {
        var clock = new ManualTimeProvider();
        using var host = HostWith(ExternalFailure.Closed, clock);
        _server.Answer = (context, _) => MisbehaveAsync(context, "breaks");
        var outcomes = new List<string?>();
        for (var time = 0; time < 30; time++)
            outcomes.Add((await LookAsync(host, $"text {time}")).Detail);
        Assert.Equal(ExternalOutcome.CircuitOpen, outcomes[^1]);
        var asked = _server.Questions.Count;
        Assert.InRange(asked, 10, 15);
        _server.Answer = (context, _) => ModeratorServer.SayAsync(context, """{"action":"approve"}""");
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(Verdict.Fine, await LookAsync(host, "again"));
        Assert.Equal(asked + 1, _server.Questions.Count);
    }

    [Fact]
    public async Task More_questions_at_once_than_allowed_wait_for_nothing()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = HostWith(ExternalFailure.Closed, ("MaxConcurrent", "1"), ("Deadline", "0:00:05"));
        _server.Answer = async (context, _) =>
        {
            await answered.Task;
            await ModeratorServer.SayAsync(context, """{"action":"approve"}""");
        };
        var first = LookAsync(host, "first");
        await Eventually.UntilAsync("the first is asked about", () => _server.Questions.Count == 1);
        Assert.Equal(ExternalOutcome.TooMany, (await LookAsync(host, "second")).Detail);
        answered.SetResult();
        Assert.Equal(Verdict.Fine, await first);
    }

    [Theory]
    [InlineData("Url", "moderator", "OnFailure", "Open")]
    [InlineData("Url", "ftp://moderator/look", "OnFailure", "Open")]
    [InlineData("Url", "http://user:password@moderator/look", "OnFailure", "Open")]
    [InlineData("Url", "http://moderator/look", "Deadline", "0:00:01")]
    [InlineData("Url", "http://moderator/look", "OnFailure", "7")]
    [InlineData("OnFailure", "Open", "Deadline", "0:00:06")]
    [InlineData("OnFailure", "Open", "Deadline", "0:00:00.001")]
    [InlineData("OnFailure", "Open", "MaxConcurrent", "0")]
    [InlineData("OnFailure", "Open", "RememberFor", "2:00:00")]
    [InlineData("OnFailure", "Open", "Token", "a b")]
    public async Task Settings_that_make_no_sense_end_the_process_at_its_start(string name, string value, string otherName, string otherValue)
    {
        var settings = new Dictionary<string, string?> { ["ExternalModerator:Url"] = "http://moderator/look", [$"ExternalModerator:{name}"] = value, [$"ExternalModerator:{otherName}"] = otherValue };
        using var host = HostOf(settings, TimeProvider.System);
        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    [Fact]
    public async Task Posts_get_its_verdicts_and_moderators_need_none()
    {
        await using var path = await WritePath.StartAsync(environment: new Dictionary<string, string>
        {
            ["ExternalModerator__Url"] = _server.Url.ToString(),
            ["ExternalModerator__OnFailure"] = "Closed",
            ["ExternalModerator__Deadline"] = "0:00:05",
        });
        using var owner = await path.ClientOfAsync("owner");
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(owner);
        _server.Answer = (context, text) => text == "silence" ? MisbehaveAsync(context, "breaks") : ModeratorServer.SayAsync(context, $$"""{"action":"{{text}}"}""");
        Assert.Null((await RunningSystem.PostAcceptedAsync(ada, stream.Id, "approve")).Status);
        Assert.Equal(HeldStatus.Held, (await RunningSystem.PostAcceptedAsync(ada, stream.Id, "hold")).Status);
        Assert.Equal(HeldStatus.Held, (await RunningSystem.PostAcceptedAsync(ada, stream.Id, "silence")).Status);
        using (var refused = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("reject")))
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.UnprocessableEntity, ErrorCodes.ContentViolation);
        var asked = _server.Questions.Count;
        await RunningSystem.PostAcceptedAsync(owner, stream.Id, "reject");
        Assert.Equal(asked, _server.Questions.Count);
    }

    private static async Task MisbehaveAsync(HttpContext context, string how)
    {
        switch (how)
        {
            case "silent":
                await ModeratorServer.SayNothingAsync(context);
                break;
            case "begins and stops":
                await ModeratorServer.SayAsync(context, """{"action":""");
                await context.Response.Body.FlushAsync();
                await ModeratorServer.SayNothingAsync(context);
                break;
            case "breaks":
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                break;
            case "refuses":
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                break;
            case "redirects":
                context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                context.Response.Headers.Location = "/elsewhere";
                break;
            case "without end":
                var letters = new string('x', 10_000);
                for (var piece = 0; piece < 100; piece++)
                    await ModeratorServer.SayAsync(context, letters);
                break;
            case "hangs up":
                context.Abort();
                break;
            default:
                await ModeratorServer.SayAsync(context, how switch { "no json" => "<html>", "null" => "null", "another type" => """{"action":3}""", "unknown action" => """{"action":"burn"}""", _ => "" });
                break;
        }
    }

    private IHost HostWith(ExternalFailure onFailure, params (string Name, string Value)[] settings) => HostWith(onFailure, TimeProvider.System, settings);

    private IHost HostWith(ExternalFailure onFailure, TimeProvider clock, params (string Name, string Value)[] settings)
    {
        var all = settings.ToDictionary(setting => $"ExternalModerator:{setting.Name}", setting => (string?)setting.Value);
        all.TryAdd("ExternalModerator:Deadline", "0:00:05");
        all["ExternalModerator:Url"] = _server.Url.ToString();
        all["ExternalModerator:OnFailure"] = onFailure.ToString();
        return HostOf(all, clock);
    }

    private static IHost HostOf(Dictionary<string, string?> settings, TimeProvider clock)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.TryAddSingleton(clock);
        builder.Services.AddMetrics();
        // As every client of ours has it.
        builder.Services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        builder.AddExternalModerator();
        return builder.Build();
    }

    private static Task<Verdict> LookAsync(IHost host, string text) => host.Services.GetRequiredService<ExternalModerator>().LookAsync("stream", text, CancellationToken.None);
}
