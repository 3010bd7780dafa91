using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.WritePath.Load;
using LiveComments.Bench.WritePath.Targets;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.Bench.WritePath;

/// <summary>
/// Reads the newest page of one stream, which is what everybody who comes does first: closed loop, while comments are
/// posted to it all the time, so that no answer is good for long.
/// </summary>
sealed class ReadsMeasurement(Options options, MachineFacts facts, TimeProvider clock)
{
    // Enough for the largest page.
    private const int CommentsBefore = 300;
    private const int PostsPerSecond = 20;

    private readonly byte[][] _tokens = Tokens.Make(Math.Min(options.Users, 1000), clock);

    public async Task RunAsync()
    {
        await using var target = new LiveCommentsTarget(options.ApiProcesses, options.Environment);
        var stream = (await target.StartAsync(1, _tokens[0]))[0];
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = options.Connections + 1 });
        for (var comment = 0; comment < CommentsBefore; comment++)
            await PostAsync(client, target, stream, comment);

        using var over = new CancellationTokenSource();
        var posting = PostOnAsync(client, target, stream, over.Token);
        var latencies = new ConcurrentBag<double>();
        await ReadAsync(client, target, stream, TimeSpan.FromSeconds(options.WarmUp), []);
        var (before, busy, started) = (Cpu(target), ProcessUsage.MachineBusySeconds(), Stopwatch.GetTimestamp());
        await ReadAsync(client, target, stream, TimeSpan.FromSeconds(options.Seconds), latencies);
        var (after, busyAfter, elapsed) = (Cpu(target), ProcessUsage.MachineBusySeconds(), Stopwatch.GetElapsedTime(started));
        await over.CancelAsync();
        await posting;
        Write([.. latencies.Order()], after.ToDictionary(process => process.Key, process => process.Value - before.GetValueOrDefault(process.Key)), busyAfter - busy, elapsed);
    }

    private async Task ReadAsync(HttpClient client, LiveCommentsTarget target, string stream, TimeSpan time, ConcurrentBag<double> latencies)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(async connection =>
        {
            var address = new Uri($"http://127.0.0.1:{target.Ports[connection % target.Ports.Count]}/api/streams/{stream}/comments");
            while (Stopwatch.GetElapsedTime(started) < time)
            {
                var asked = Stopwatch.GetTimestamp();
                _ = await client.GetByteArrayAsync(address);
                latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
        }));
    }

    private async Task PostOnAsync(HttpClient client, LiveCommentsTarget target, string stream, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PostsPerSecond), clock);
        for (var comment = 0; !cancellationToken.IsCancellationRequested; comment++)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            await PostAsync(client, target, stream, comment);
        }
    }

    private async Task PostAsync(HttpClient client, LiveCommentsTarget target, string stream, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{target.Ports[0]}/api/streams/{stream}/comments")
        {
            Content = JsonContent.Create(new PostComment($"What a goal, number {number}!"), ContractsJson.Default.PostComment),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Encoding.ASCII.GetString(_tokens[number % _tokens.Length]));
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static Dictionary<string, double> Cpu(LiveCommentsTarget target)
    {
        var cpu = target.Processes.ToDictionary(process => process.Name, process => ProcessUsage.Of(process.Id).CpuSeconds);
        cpu["generator"] = ProcessUsage.OfSelf().CpuSeconds;
        return cpu;
    }

    private void Write(double[] latencies, Dictionary<string, double> used, double busy, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        Line($"# {options.Name}, {facts.Measured}");
        Line($"");
        Line($"- Commit {facts.Commit}. {facts.Cores} cores ({facts.Processor}); servers and generator all on this machine, over loopback. .NET {facts.Dotnet}; {facts.Nats}; {facts.Postgres}.");
        Line($"- {options.Connections} keep-alive connections, closed loop, each reading the newest {Limits.DefaultPageSize} comments of one stream for {options.Seconds} s after {options.WarmUp} s of warm-up; {PostsPerSecond} comments/s posted to it meanwhile.");
        Line($"- **{latencies.Length / elapsed.TotalSeconds:0} pages/s**; p50 {At(0.5):0.0} ms, p95 {At(0.95):0.0} ms, p99 {At(0.99):0.0} ms.");
        Line($"- Of {facts.Cores * elapsed.TotalSeconds:0} CPU-seconds the rest of the machine took {Math.Max(0, busy - used.Values.Sum()):0.0}.");
        Line($"");
        Line($"| process | CPU-s | µs CPU per page |");
        Line($"|---|---:|---:|");
        foreach (var (name, seconds) in used)
            Line($"| {name} | {seconds:0.0} | {seconds / latencies.Length * 1e6:0.0} |");
        Console.WriteLine(text);
        if (options.WritesResult)
            File.WriteAllText(Path.Combine(Repository.Root, "bench", "results", $"{clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}-{options.Name}.md"), text.ToString());

        double At(double share) => latencies.Length == 0 ? 0 : latencies[(int)(share * (latencies.Length - 1))];
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
