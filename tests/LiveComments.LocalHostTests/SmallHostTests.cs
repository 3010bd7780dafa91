using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveComments.LocalHostTests;

/// <summary>Small applications of shell scripts, described in the test itself.</summary>
public sealed class SmallHostTests
{
    [Fact]
    public async Task Waiting_resource_starts_when_what_it_waits_for_is_healthy()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var healthy = false;
        builder.Services.AddHealthChecks().AddCheck("mood", () => Volatile.Read(ref healthy) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("not yet"));
        var first = Shell(builder, "first", "sleep 1000").WithHealthCheck("mood");
        Shell(builder, "second", "sleep 1000").WaitFor(first);
        Shell(builder, "third", "sleep 1000").WaitForStart(first);
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        await Reaches(app, "third", KnownResourceStates.Running);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("second", out var second));
        Assert.Equal(KnownResourceStates.Waiting, second.Snapshot.State?.Text);

        Volatile.Write(ref healthy, true);

        await Reaches(app, "second", KnownResourceStates.Running);
    }

    [Fact]
    public async Task Completion_can_be_waited_for()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var job = Shell(builder, "job", "exit 0");
        Shell(builder, "after", "sleep 1000").WaitForCompletion(job);
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        await Reaches(app, "after", KnownResourceStates.Running);
        await Reaches(app, "job", KnownResourceStates.Finished);
    }

    [Fact]
    public async Task Crash_is_seen_with_its_code_and_stops_those_who_wait()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var crasher = Shell(builder, "crasher", "echo last words; exit 3");
        Shell(builder, "waiter", "sleep 1000").WaitForCompletion(crasher);
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        await Reaches(app, "crasher", KnownResourceStates.Exited);
        await Reaches(app, "waiter", KnownResourceStates.FailedToStart);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("crasher", out var crashed));
        Assert.Equal(3, crashed.Snapshot.ExitCode);
        Assert.Contains("last words", await LogAsync(app, "crasher"), StringComparison.Ordinal);
        Assert.Contains("Exited (3)", await LogAsync(app, "waiter"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<DistributedApplicationException>(() => app.ResourceNotifications.WaitForResourceHealthyAsync("crasher"));
    }

    [Fact]
    public async Task Stopping_takes_what_a_program_has_started_itself_with_it()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        Shell(builder, "parent", "sleep 1000 & echo child $!; wait");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        var child = await Eventually.GetAsync("the child's process id is printed", async () =>
            (await LogAsync(app, "parent")).Split("child ") is [_, var id] ? id.Trim() : null);
        Assert.True(Directory.Exists($"/proc/{child}"));

        await app.StopAsync();

        await Eventually.UntilAsync("the child is gone", () => !Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public async Task Values_reach_environment_and_arguments_by_every_way()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create("--Parameters:given=from-arguments");
        var given = builder.AddParameter("given");
        var literal = builder.AddParameter("literal", "a{b}&c");
        var connection = builder.AddConnectionString("outside", ReferenceExpression.Create($"at={literal:uri};{given}"));
        var shell = Shell(builder, "shell", "env; echo args: $0 $1; sleep 1000")
            .WithHttpEndpoint(env: "PORT")
            .WithEnvironment("TEXT", "text")
            .WithEnvironment("PARAMETER", given)
            .WithEnvironment("EXPRESSION", ReferenceExpression.Create($"<{given}|{literal}>"))
            .WithEnvironment("INTERPOLATED", $"{{{literal}}}")
            .WithEnvironment(context => context.EnvironmentVariables["CALLBACK"] = "called")
            .WithReference(connection)
            .WithReference("search", new Uri("http://example.test"))
            .WithArgs("first").WithArgs(given);
        shell.WithEnvironment("OWN", shell.GetEndpoint("http"));
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        var log = await Eventually.GetAsync("the arguments are printed", async () => await LogAsync(app, "shell") is var text && text.Contains("args:", StringComparison.Ordinal) ? text : null);
        var url = app.GetEndpoint("shell", "http");
        Assert.All(
        [
            "TEXT=text", "PARAMETER=from-arguments", "EXPRESSION=<from-arguments|a{b}&c>", "INTERPOLATED={a{b}&c}", "CALLBACK=called",
            "ConnectionStrings__outside=at=a%7Bb%7D%26c;from-arguments", "services__search__default__0=http://example.test/",
            $"PORT={url.Port.ToString(CultureInfo.InvariantCulture)}", $"OWN=http://localhost:{url.Port}", "args: first from-arguments",
        ], line => Assert.Contains(line, log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Missing_parameter_is_one_sentence_and_nothing_starts()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddParameter("nobody-gave-it");
        Shell(builder, "shell", "sleep 1000");
        await using var app = await builder.BuildAsync();

        var fault = await Assert.ThrowsAnyAsync<DistributedApplicationException>(() => app.StartAsync());

        Assert.Contains("Parameters__nobody-gave-it", fault.Message, StringComparison.Ordinal);
        Assert.False(app.ResourceNotifications.TryGetCurrentState("shell", out _));
    }

    [Fact]
    public async Task Explicitly_started_resource_stays_where_it_is()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        Shell(builder, "later", "sleep 1000").WithExplicitStart();
        Shell(builder, "now", "sleep 1000");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        await Reaches(app, "now", KnownResourceStates.Running);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("later", out var later));
        Assert.Equal(KnownResourceStates.NotStarted, later.Snapshot.State?.Text);
    }

    [Fact]
    public async Task Names_must_differ_and_be_names()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        Shell(builder, "one", "true");

        Assert.Contains("two resources", Assert.Throws<DistributedApplicationException>(() => Shell(builder, "ONE", "true")).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<DistributedApplicationException>(() => Shell(builder, "no name", "true"));
    }

    [Fact]
    public async Task Flood_of_output_keeps_its_end_and_no_more_memory_than_allowed()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        Shell(builder, "flood", "seq 1 20000; head -c 100000 /dev/zero | tr '\\\\0' x; echo; echo end; sleep 1000");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        var log = await Eventually.GetAsync("the end is logged", async () => await LogAsync(app, "flood") is var text && text.EndsWith(" end", StringComparison.Ordinal) ? text : null);
        Assert.Equal(5_000, log.Split('\n').Length);
        Assert.All(log.Split('\n'), line => Assert.InRange(line.Length, 0, 32_768));
    }

    private static IResourceBuilder<ExecutableResource> Shell(IDistributedApplicationBuilder builder, string name, string script) =>
        builder.AddExecutable(name, "/bin/sh", "/", "-c", script);

    private static Task Reaches(DistributedApplication app, string resource, string state) =>
        Eventually.WithinAsync($"{resource} is {state}", app.ResourceNotifications.WaitForResourceAsync(resource, state));

    private static async Task<string> LogAsync(DistributedApplication app, string resource)
    {
        var lines = new List<string>();
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource))
            lines.AddRange(batch.Select(line => line.Content));
        return string.Join('\n', lines);
    }
}
