using System.Globalization;
using LiveComments.Bench.Fanout.Viewers;
using LiveComments.TestSupport;

namespace LiveComments.Bench.Fanout.Targets;

/// <summary>nginx with the nchan module, both from Debian, configured by <c>bench/peers/nchan/nginx.conf</c>.</summary>
sealed class NchanTarget(int workers) : Target
{
    private const string Module = "/usr/lib/nginx/modules/ngx_nchan_module.so";

    private readonly int _port = ServerProcess.FreePort();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"livecomments-bench-{Guid.NewGuid():N}");
    private HttpPublish? _publish;

    public override string Name => "nginx + nchan";

    public override string Setup => $"Debian's packages; `bench/peers/nchan/nginx.conf` with {workers} worker process{(workers == 1 ? "" : "es")}; server-sent events over HTTP/1.1; comments posted on a kept connection.";

    public override IReadOnlyList<Endpoint> Endpoints => [new Endpoint(Protocol.Sse, _port, "/events")];

    // id: 1763700000:0\ndata: … \n\n
    public override int EnvelopeBytes => 25;

    public override async Task StartAsync()
    {
        if (!File.Exists(Module))
            throw new InvalidOperationException("nchan is not installed; run: apt-get install nginx libnginx-mod-nchan");
        Directory.CreateDirectory(_folder);
        var configuration = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "bench", "peers", "nchan", "nginx.conf"));
        var file = Path.Combine(_folder, "nginx.conf");
        await File.WriteAllTextAsync(file, configuration
            .Replace("{{module}}", Module, StringComparison.Ordinal)
            .Replace("{{folder}}", _folder, StringComparison.Ordinal)
            .Replace("{{workers}}", workers.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{{port}}", _port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");
        _publish = new HttpPublish(new Uri($"{address}/publish"));
        var process = Start("nginx", "nginx", ["-p", _folder, "-c", file, "-e", "stderr"], new Dictionary<string, string>(), _folder);
        await process.UntilAnswersAsync(_publish.Client, $"{address}/health");
    }

    public override Task PublishAsync(byte[] comment) => _publish!.SendAsync(comment);

    public override async ValueTask DisposeAsync()
    {
        _publish?.Dispose();
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
