using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Access;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;
using Xunit.Abstractions;

namespace LiveComments.IntegrationTests.Fuzz;

/// <summary>Requests that are wrong somewhere: each gets a clear refusal, and none leaves anything behind.</summary>
[Collection(AccessCollection.Name)]
public sealed class FuzzTests(AccessSystem system, ITestOutputHelper output)
{
    private const int CasesForApi = 50_000;
    private const int CasesForFanout = 2_000;
    private const int CasesForGateway = 2_000;

    // One request after the other on each; more than the machine has cores, since half of the time goes by waiting.
    private const int Connections = 4;

    private const string SeedVariable = "LIVECOMMENTS_SEED";

    private static readonly HashSet<string> Codes =
        [.. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!)];

    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentDictionary<string, bool> _accepted = new();

    [Fact]
    public async Task No_request_breaks_the_Api_and_none_that_is_refused_leaves_anything()
    {
        var before = await StoredAsync();
        var (maker, places) = await MakerAsync(await OperationsAsync());
        Fuzz(system.Api, maker, CasesForApi);
        await StillServesAsync(system.Api);
        var made = await StoredAsync();
        made.ExceptWith(before);
        made.ExceptWith(places);
        Assert.Equal(_accepted.Keys.Order(StringComparer.Ordinal), made.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_request_breaks_Fanout()
    {
        var (maker, _) = await MakerAsync([new Operation("GET", "/live/streams/{streamId}/events", ["cursor", "ticket"], null)]);
        Fuzz(system.Fanout, maker, CasesForFanout);
        await StillServesAsync(system.Fanout);
    }

    [Fact]
    public async Task No_request_breaks_the_Gateway()
    {
        var operations = await OperationsAsync();
        var (maker, _) = await MakerAsync([.. operations, new Operation("GET", "/live/streams/{streamId}/events", ["cursor", "ticket"], null), new Operation("GET", "/streams/{streamId}", [], null)]);
        Fuzz(system.Gateway, maker, CasesForGateway);
        await StillServesAsync(system.Gateway);
    }

    [Fact]
    public void A_host_that_is_no_name_is_the_senders_fault()
    {
        using var connection = new RawConnection(system.Gateway.Address);
        var answer = connection.Send(Encoding.Latin1.GetBytes($"GET /api/streams HTTP/1.1\r\nHost: {new string('a', 64)}!\r\n\r\n"), isHead: false);
        Assert.Equal((400, true), (answer.Status, Encoding.UTF8.GetString(answer.Body).Contains(ErrorCodes.InvalidMessage, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_no_HTTP_is_refused_by_the_server_and_it_goes_on()
    {
        foreach (var service in new[] { system.Api, system.Fanout, system.Gateway })
        {
            foreach (var request in NoHttp.Requests)
            {
                using var connection = new RawConnection(service.Address);
                var answer = connection.Send(Encoding.Latin1.GetBytes(request), isHead: false, thatIsAll: true);
                // 501 and 505: what the server can't speak at all.
                Assert.True(answer.Status is 0 or (>= 200 and < 500) or 501 or 505, $"{answer.Status} for {FuzzCase.Escaped(Encoding.Latin1.GetBytes(request))}");
            }

            await StillServesAsync(service);
        }
    }

    private void Fuzz(ServiceProcess service, CaseMaker maker, int cases)
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : (ulong)Random.Shared.Next();
        output.WriteLine($"Seed {seed}; replay with {SeedVariable}={seed}.");
        var started = TimeProvider.System.GetTimestamp();
        var failures = new ConcurrentBag<Exception>();
        var threads = Enumerable.Range(0, Connections).Select(index => new Thread(() =>
        {
            using var connection = new RawConnection(service.Address);
            var every = Arb.From(Gen.Choose(0, int.MaxValue - 1).Select(maker.Make), one => one.Smaller());
            var config = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(cases / Connections).WithReplay(new Replay(new Rnd(seed + (ulong)index), Microsoft.FSharp.Core.FSharpOption<int>.None));
            try
            {
                Check.One(config, Prop.ForAll(every, one => Judge(one, connection.Send(one.ToBytes(), one.IsHead))));
            }
#pragma warning disable CA1031 // It belongs to the test, not to this thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failures.Add(exception);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        output.WriteLine($"{cases} requests in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s: {string.Join(", ", _statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} × {pair.Key}"))}");
        Assert.True(failures.IsEmpty, $"Seed {seed} (replay with {SeedVariable}={seed}): {string.Join('\n', failures.Select(failure => failure.Message))}");
    }

    private void Judge(FuzzCase request, RawAnswer answer)
    {
        _statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
        string? fault = null;
        if (answer.Status == 0)
            fault = request.MayBeNoHttp ? null : "no answer";
        else if (answer.Status >= 500)
            fault = "a fault of ours";
        else if (answer.Status >= 400 && !request.IsHead)
            fault = FaultOf(request, answer);
        else if (answer.Status == 201 && !answer.Headers["Location"].StartsWith("/api/streams/demo/", StringComparison.Ordinal))
            _accepted[answer.Headers["Location"]] = true;
        if (fault is not null)
            throw new InvalidOperationException($"{fault}: {answer.Status} {Encoding.UTF8.GetString(answer.Body)} for {request}");
    }

    /// <summary>What is wrong with a refusal.</summary>
    private static string? FaultOf(FuzzCase request, RawAnswer answer)
    {
        // The HTTP server's own: nothing but a status.
        if (request.MayBeNoHttp && answer.Body.Length == 0)
            return null;
        if (answer.Headers.GetValueOrDefault("Content-Type") != "application/problem+json")
            return "no problem document";
        using var problem = JsonDocument.Parse(answer.Body);
        if (!problem.RootElement.TryGetProperty("code", out var code) || !Codes.Contains(code.GetString()!))
            return "a problem without a code";
        if (!problem.RootElement.TryGetProperty("retryable", out var retryable) || retryable.GetBoolean() != (answer.Status == 429))
            return "a problem that does not say whether to retry";
        return !problem.RootElement.TryGetProperty("detail", out var detail) || string.IsNullOrEmpty(detail.GetString()) ? "a problem that does not say what is wrong"
            : problem.RootElement.GetProperty("status").GetInt32() != answer.Status ? "a problem of another status"
            : null;
    }

    private async Task<(CaseMaker Maker, HashSet<string> Places)> MakerAsync(IReadOnlyList<Operation> operations)
    {
        // Made by somebody whose token the requests don't have: nobody can end or delete them.
        using var owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("owner"));
        var stream = await RunningSystem.NewStreamAsync(owner);
        var comment = await RunningSystem.PostAcceptedAsync(owner, stream.Id, "the one that is there");
        // Names of users come from elsewhere, and may be as odd as any.
        var names = NaughtyStrings.All.Where(name => !name.Any(char.IsSurrogate)).ToList();
        var tokens = Enumerable.Range(0, 20).Select(index => TestTokens.Of($"fuzzer-{index}", username: names[index * names.Count / 20])).ToList();
        string[] bad = [TestTokens.Of("admin", Roles.Admin, expiresIn: TimeSpan.FromHours(-1)), TestTokens.Of("admin", Roles.Admin, audience: "another-service"), TestTokens.Of(""), TestTokens.Of(new string('x', 200)), TestTokens.Of("a\0b")];
        return (new CaseMaker(operations, stream.Id, comment.Id, tokens, bad), [$"/api/streams/{stream.Id}", $"/api/streams/{stream.Id}/comments/{comment.Id}"]);
    }

    private async Task<IReadOnlyList<Operation>> OperationsAsync()
    {
        using var client = AccessSystem.ClientOf(system.Api);
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
        return Operation.In(document);
    }

    private static async Task StillServesAsync(ServiceProcess service)
    {
        using var client = AccessSystem.ClientOf(service);
        using var health = await client.GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    /// <summary>The addresses of all streams and comments that there are, but the demo's, which go on by themselves; once Postgres has the whole log.</summary>
    private async Task<HashSet<string>> StoredAsync()
    {
        await using var nats = new NatsConnection(new NatsOpts { Url = system.Nats.Url });
        await using var database = NpgsqlDataSource.Create(system.Postgres.ConnectionString);
        var log = await new NatsJSContext(nats).GetStreamAsync(LogSubjects.StreamName(0, 1));
        await using var offset = database.CreateCommand("select sequence >= $1 from log_offsets where shard = 0");
        offset.Parameters.Add(new NpgsqlParameter { Value = (long)log.Info.State.LastSeq });
        await Eventually.UntilAsync("Postgres has the whole log", async () => log.Info.State.LastSeq == 0 || await offset.ExecuteScalarAsync() is true);
        await using var addresses = database.CreateCommand("select '/api/streams/' || id from streams union all select '/api/streams/' || stream_id || '/comments/' || id from comments where stream_id <> 'demo'");
        await using var reader = await addresses.ExecuteReaderAsync();
        var stored = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
            stored.Add(reader.GetString(0));
        return stored;
    }
}
