using System.Globalization;
using LiveComments.Bench.WritePath.Load;
using LiveComments.TestSupport;

namespace LiveComments.Bench.WritePath.Targets;

/// <summary>The classic design, <c>bench/peers/classic</c>: each post is written to Postgres before it is answered.</summary>
/// <param name="withCounter">Whether each post also counts on its stream's row, which makes all posts of a stream wait for one another.</param>
sealed class ClassicTarget(bool withCounter) : Target
{
    private readonly int _port = ServerProcess.FreePort();
    private readonly HttpClient _client = new();

    public override string Name => withCounter ? "Classic" : "Classic without the counter";

    public override IReadOnlyList<int> Ports => [_port];

    public override async Task<IReadOnlyList<string>> StartAsync(int streams, byte[] token)
    {
        var folder = Path.Combine(Repository.Root, "bench", "peers", "classic");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            throw new InvalidOperationException($"The packages of the classic design are not installed; run: npm ci --prefix {Path.GetRelativePath(Repository.Root, folder)}");
        await Task.WhenAll(Redis.StartAsync(), Postgres.StartAsync());
        var ids = Enumerable.Range(1, streams).Select(number => $"stream-{number}").ToArray();
        var process = Start("node", "node", ["server.js"], new Dictionary<string, string>
        {
            ["PORT"] = _port.ToString(CultureInfo.InvariantCulture),
            ["SIGNING_KEY"] = Tokens.SigningKey,
            ["POSTGRES"] = $"postgres://postgres:{PostgresServer.Password}@127.0.0.1:{Postgres.Port}/postgres",
            ["REDIS"] = $"redis://:{RedisServer.Password}@127.0.0.1:{Redis.Port}",
            ["STREAMS"] = string.Join(',', ids),
            ["COUNTER"] = withCounter ? "on" : "off",
            ["NODE_ENV"] = "production",
        }, folder);
        await process.UntilAnswersAsync(_client, $"http://127.0.0.1:{_port}/health");
        return ids;
    }

    public override async Task<long> StoredAsync() => await ScalarAsync<long>("select count(*) from comments") ?? 0;

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
    }
}
