using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.Faults.Injection;
using LiveComments.Faults.Judging;
using LiveComments.Faults.Load;
using LiveComments.Faults.Oracle;
using LiveComments.Faults.Promises;
using LiveComments.Faults.Servers;
using LiveComments.Faults.Viewers;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Runs;

/// <summary>One system under load, one fault after the other, and then the verdict.</summary>
/// <remarks>
/// 1. The system starts, with nothing in it; authors and viewers begin. What comes first in a process's life takes long: faults wait until all goes well for a while.
/// 2. Each fault strikes at a moment that the seed decides, is mended, and the system gets well: posts are acknowledged,
///    nobody lacks anything. How long that takes is told; what was promised is measured by the fault.
/// 3. The authors stop. Every post has its answer, Postgres has the whole log, viewers have its end.
/// 4. The oracle's journal is compared with the log, with Postgres and with what each viewer was told.
/// </remarks>
sealed class FaultRun(RunOptions options, TimeProvider clock)
{
    private const double MinCalmSeconds = 1;
    private const double MaxCalmSeconds = 5;

    // So long everybody has everything, and no post has to wait for an author.
    private const double SettledSeconds = 8;
    private const double MaxSettlingSeconds = 60;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WarmUpPatience = TimeSpan.FromMinutes(3);

    // Promises are far shorter; who is not well by then never will be.
    private static readonly TimeSpan GetWell = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Finish = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Runs these faults, one after the other.</summary>
    public Task<RunResult> RunAsync(int seed, IReadOnlyList<Fault> faults) => RunAsync(seed, faults, watchesMemory: false, async (scene, random) =>
    {
        foreach (var fault in faults)
        {
            await scene.HoldAsync(scene.Between(MinCalmSeconds, MaxCalmSeconds));
            await StrikeAsync(scene, fault);
        }
    });

    /// <summary>Runs for that long, with a fault a minute.</summary>
    public Task<RunResult> SoakAsync(int seed, TimeSpan time) => RunAsync(seed, [new Cutting(LinkMode.Stalled)], watchesMemory: true, async (scene, random) =>
    {
        var began = clock.GetTimestamp();
        for (var minute = 0; minute < (int)time.TotalMinutes; minute++)
        {
            // Struck within the first half of its minute, so that the next one finds the system well.
            var wait = TimeSpan.FromMinutes(minute) + TimeSpan.FromSeconds(30 * random.NextDouble()) - clock.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                await scene.HoldAsync(wait);
            await StrikeAsync(scene, Catalogue.ForSoak(random));
            options.Tell(string.Create(CultureInfo.InvariantCulture, $"minute {minute + 1} of {time.TotalMinutes:0}: {scene.Authors.Figures.Acknowledged} acknowledged, {100 * scene.Authors.Figures.ShareInTime:0.000} % in time"));
        }

        var rest = time - clock.GetElapsedTime(began);
        if (rest > TimeSpan.Zero)
            await scene.HoldAsync(rest);
    });

    private async Task<RunResult> RunAsync(int seed, IReadOnlyList<Fault> faults, bool watchesMemory, Func<Scene, Random, Task> act)
    {
        var random = new Random(seed);
        var began = clock.GetTimestamp();
        var run = string.Create(CultureInfo.InvariantCulture, $"r{seed}");
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "faults", string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyyMMdd-HHmmss}-{seed}-{Guid.NewGuid().ToString("N")[..4]}"))).FullName;
        options.Tell(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {string.Join(", ", faults.Select(fault => fault.Name))}; {folder}"));
        // 1.
        await using var system = await FaultySystem.StartAsync(new FaultySystemOptions(
            folder, seed, faults.Any(fault => fault.NeedsLinks), faults.Any(fault => fault.NeedsSmallDisk), options.Load.MaxCommentsPerSecond));
        using var client = new HttpClient { BaseAddress = system.Gateway, Timeout = AnswerTimeout };
        var streams = await MakeStreamsAsync(client);
        await using var oracle = OracleClient.Start(folder);
        await using var authors = new Authors(system.Gateway, streams, options.Load, run, oracle, clock);
        await using var audience = new Audience(system.Gateway, streams, options.Load, clock);
        await using var watch = new WholeWatch(audience, authors, streams.Count, clock);
        await using var memory = new MemoryWatch(system, watchesMemory, clock);
        var scene = new Scene(system, authors, audience, watch, streams, client, random, options, clock);
        audience.Start();
        authors.Start();
        Verdict? verdict = null;
        try
        {
            await Eventually.UntilAsync("posts are acknowledged, and everybody sees them", () => authors.Figures.Acknowledged > options.Load.Rate && watch.Lacking == 0 && audience.Viewers.All(viewer => viewer.Position is not null), WarmUpPatience);
            await SettleAsync(scene);
            // 2.
            await act(scene, random);
            // 3.
            await authors.StopAsync(Finish);
            await FinishAsync(scene);
            await audience.DisposeAsync();
            await oracle.DisposeAsync();
            // 4.
            var ends = await StoredLog.LeftAsync(system.Nats.Url, scene.Ends);
            verdict = Judge.Compare(new Evidence(
                Journal.Read(oracle.Journal),
                await StoredLog.ReadAsync(system.Nats.Url, streams, run, ends),
                await StoredRows.ReadAsync(system.Postgres.ConnectionString, streams, run),
                [.. audience.Viewers.Select(viewer => (viewer.Name, viewer.Stream, viewer.TakeSightings()))],
                ends));
        }
        catch (Exception exception)
        {
            scene.Break($"{exception.GetType().Name}: {exception.Message}");
        }

        await memory.DisposeAsync();
        foreach (var (what, example) in authors.Figures.Wrong)
            scene.Break($"{what}: {example}");
        var result = new RunResult(seed, [.. scene.Struck], folder, [.. scene.Timeline], [.. scene.Broken], verdict, authors.Figures, memory.Figures(), clock.GetElapsedTime(began));
        await File.WriteAllTextAsync(Path.Combine(folder, "result.txt"), result.ToString());
        return result;
    }

    private async Task StrikeAsync(Scene scene, Fault fault)
    {
        var before = scene.Authors.Figures.Counts;
        var broken = scene.Broken.Count();
        double? back = null;
        scene.Strike(fault.Name);
        try
        {
            await WhileItLastsAsync(scene, fault);
            back = await UntilWellAsync(scene, fault);
        }
        finally
        {
            var after = scene.Authors.Figures.Counts;
            scene.Over(new StruckFault(fault.Name, after.Attempted - before.Attempted, after.Acknowledged - before.Acknowledged, back, [.. scene.Broken.Skip(broken)]));
        }
    }

    private static async Task WhileItLastsAsync(Scene scene, Fault fault)
    {
        try
        {
            await fault.RunAsync(scene);
        }
        finally
        {
            // Nobody but a fault ends a process; one that did so by itself is the reason for whatever else is wrong.
            foreach (var name in scene.System.Names.Where(name => scene.System.ProcessIdOf(name) is null))
                scene.Break($"{name} has ended by itself");
        }
    }

    /// <summary>How many seconds after the return of what the fault took away.</summary>
    private async Task<double> UntilWellAsync(Scene scene, Fault fault)
    {
        var mended = clock.GetTimestamp();
        var acknowledged = scene.Authors.Figures.Acknowledged;
        await Eventually.UntilAsync(
            $"after {fault.Name}, posts are acknowledged and everybody sees them",
            () => scene.Authors.Figures.Acknowledged > acknowledged && scene.Watch.Lacking == 0 && clock.GetElapsedTime(mended) > WholeWatch.Grace, GetWell);
        var viewers = scene.Watch.LackedAfter(scene.ReturnedAt)[^1];
        var posts = scene.Authors.Figures.FirstAfterReturn is { } first ? clock.GetElapsedTime(scene.ReturnedAt, first) : TimeSpan.Zero;
        scene.Tell(string.Create(CultureInfo.InvariantCulture, $"all is well after {fault.Name}: posts {posts.TotalSeconds:0.0} s, the last viewer {viewers.TotalSeconds:0.0} s after the return"));
        await HistoryGoesOn.MeasureAsync(scene, fault.Name);
        return Math.Max(posts.TotalSeconds, viewers.TotalSeconds);
    }

    private async Task SettleAsync(Scene scene)
    {
        var began = clock.GetTimestamp();
        var (wellSince, notOffered) = (began, scene.Authors.Figures.NotOffered);
        while (clock.GetElapsedTime(wellSince) < scene.About(SettledSeconds))
        {
            await scene.HoldAsync(Look);
            if (scene.Watch.Lacking > 0 || scene.Authors.Figures.NotOffered > notOffered)
                (wellSince, notOffered) = (clock.GetTimestamp(), scene.Authors.Figures.NotOffered);
            if (clock.GetElapsedTime(began) < scene.About(MaxSettlingSeconds))
                continue;
            scene.Tell("this load is more than the machine takes just now: what takes its time says little");
            return;
        }
    }

    private static async Task FinishAsync(Scene scene)
    {
        await Eventually.UntilAsync("Postgres has the whole log", async () =>
            await StoredRows.OffsetAsync(scene.System.Postgres.ConnectionString) is var offset && (await StoredLog.EndsAsync(scene.System.Nats.Url))[^1] is var end && offset.Epoch == end.Epoch && offset.Sequence >= end.Sequence, Finish);
        await Eventually.UntilAsync("every viewer has the end", () => scene.Audience.Viewers.All(viewer =>
            viewer.Position is { } position && position >= new Cursor(scene.Authors.Epoch, scene.Authors.AcknowledgedOn(viewer.Stream))), GetWell);
    }

    private async Task<IReadOnlyList<string>> MakeStreamsAsync(HttpClient client)
    {
        var streams = new List<string>();
        for (var number = 0; number < options.Load.Streams; number++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/streams") { Content = JsonContent.Create(new CreateStream("A test under faults"), ContractsJson.Default.CreateStream) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Tokens.Of("creator", clock));
            using var answer = await client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            streams.Add((await answer.Content.ReadFromJsonAsync(ContractsJson.Default.LiveStream))!.Id);
        }

        return streams;
    }
}
