using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using LiveComments.Bench.WritePath.Load;
using LiveComments.Contracts;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.Bench.WritePath.Targets;

/// <summary>Our write path: Api processes, the log, Redis, Postgres. No gateway: the generator is what it would be.</summary>
/// <param name="apiProcesses">The first to come up owns the persister.</param>
/// <param name="environment">Given to each Api process besides.</param>
/// <param name="withPostgres">False starts without Postgres; <see cref="Target.Postgres"/> can be started later.</param>
sealed class LiveCommentsTarget(int apiProcesses, IReadOnlyDictionary<string, string> environment, bool withPostgres = true) : Target
{
    // The generator's users post far less than a person may; this only keeps a burst from being refused.
    private const string Unlimited = "1000";

    private readonly NatsServer _nats = new();
    private readonly int[] _ports = [.. Enumerable.Range(0, apiProcesses).Select(_ => ServerProcess.FreePort())];
    private readonly HttpClient _client = new();

    public override string Name => apiProcesses == 1 ? "Live Comments" : $"Live Comments, {apiProcesses} Api processes";

    public override IReadOnlyList<int> Ports => _ports;

    public override IEnumerable<(string Name, int Id)> Processes => [.. base.Processes, ("nats-server", _nats.ProcessId)];

    public override async Task<IReadOnlyList<string>> StartAsync(int streams, byte[] token)
    {
        // A Release build beside this one; Program refuses to run from Debug.
        var api = Path.Combine(Repository.Root, "LiveComments.Api", "bin", "Release", "net10.0", "LiveComments.Api.dll");
        await Task.WhenAll(_nats.StartAsync(), Redis.StartAsync(), withPostgres ? Postgres.StartAsync() : Task.CompletedTask);
        for (var index = 0; index < _ports.Length; index++)
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[index]}");
            var process = Start(_ports.Length == 1 ? "Api" : $"Api {index + 1}", "dotnet", [api], new Dictionary<string, string>(environment)
            {
                // As the AppHost starts it.
                ["DOTNET_GCgen0size"] = environment.GetValueOrDefault("DOTNET_GCgen0size", "0x10000000"),
                ["ASPNETCORE_URLS"] = address,
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["Degradation__Enabled"] = "false",
                ["Shutdown__Linger"] = "00:00:00",
                ["Auth__SigningKey"] = Tokens.SigningKey,
                ["ConnectionStrings__nats"] = _nats.Url,
                ["ConnectionStrings__redis"] = Redis.ConnectionString,
                ["ConnectionStrings__comments"] = Postgres.ConnectionString,
                ["Admission__CommentsGlobally__Count"] = Unlimited,
                ["Admission__CommentsPerStream__Count"] = Unlimited,
            }, Path.GetDirectoryName(api)!);
            await process.UntilAnswersAsync(_client, $"{address}/health");
            if (withPostgres && index == 0)
                await Eventually.UntilAsync("the first Api process owns the persister", async () => await ScalarAsync<bool>("select exists (select from pg_locks where locktype = 'advisory' and granted)") is true);
        }

        var ids = new List<string>();
        for (var stream = 0; stream < streams; stream++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_ports[0]}/api/streams") { Content = JsonContent.Create(new CreateStream("Benchmark"), ContractsJson.Default.CreateStream) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Encoding.ASCII.GetString(token));
            using var answer = await _client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            ids.Add((await answer.Content.ReadFromJsonAsync(ContractsJson.Default.LiveStream))!.Id);
        }

        return ids;
    }

    public override async Task<long> StoredAsync() => await ScalarAsync<long>("select count(*) from comments") ?? 0;

    /// <summary>The log's last sequence, asked of nats-server.</summary>
    public async Task<long> LastSequenceAsync()
    {
        await using var connection = new NatsConnection(new NatsOpts { Url = _nats.Url });
        var stream = await new NatsJSContext(connection).GetStreamAsync(LogSubjects.StreamName(0, 1));
        return (long)stream.Info.State.LastSeq;
    }

    /// <summary>How far Postgres is.</summary>
    public async Task<long> WrittenAsync() => await ScalarAsync<long>("select sequence from log_offsets") ?? 0;

    public override async Task<IReadOnlyList<double>?> AllocatedAsync()
    {
        const string Metric = "dotnet_gc_heap_total_allocated_bytes_total";
        var allocated = new List<double>();
        foreach (var port in _ports)
        {
            var page = await _client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
            var line = page.Split('\n').FirstOrDefault(line => line.StartsWith(Metric, StringComparison.Ordinal));
            if (line is null)
                return null;
            allocated.Add(double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        }

        return allocated;
    }

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
        await _nats.DisposeAsync();
    }
}
