using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;

namespace LiveComments.TestSupport.Otlp;

/// <summary>A collector on loopback: keeps what services export over OTLP, as HTTP with protobuf.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<ExportedSpan> _spans = new();
    private readonly ConcurrentQueue<ExportedLog> _logs = new();
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private readonly Task _serving;

    public OtlpReceiver()
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ServerProcess.FreePort()}/"));
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public IReadOnlyList<ExportedSpan> Spans => [.. _spans];

    public IReadOnlyList<ExportedLog> Logs => [.. _logs];

    /// <summary>What a service's environment must have so that it exports here, and soon.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string service) => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_SERVICE_NAME"] = service,
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
    };

    /// <summary>Whether the text was in anything that was exported, metrics included, wherever it may stand.</summary>
    public bool Has(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return _bodies.Any(body => body.AsSpan().IndexOf(bytes) >= 0);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await Eventually.WithinAsync("the receiver ends", _serving);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                await TakeAsync(context);
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                if (!_listener.IsListening)
                    return;
            }
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        var input = context.Request.Headers["Content-Encoding"] == "gzip" ? new GZipStream(context.Request.InputStream, CompressionMode.Decompress) : context.Request.InputStream;
        await input.CopyToAsync(body);
        var bytes = body.ToArray();
        _bodies.Enqueue(bytes);
        switch (context.Request.Url?.AbsolutePath)
        {
            case "/v1/traces":
                OtlpMessages.Spans(bytes).ForEach(_spans.Enqueue);
                break;
            case "/v1/logs":
                OtlpMessages.Logs(bytes).ForEach(_logs.Enqueue);
                break;
        }

        // An empty message: everything was taken.
        context.Response.ContentType = "application/x-protobuf";
        context.Response.Close();
    }
}
