using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard.Telemetry;

/// <summary>
/// Takes traces, metrics and logs of the resources by OTLP over gRPC, on loopback, from who has the key. gRPC is little here: one
/// request with a length before it, an empty answer, a status behind it.
/// </summary>
internal sealed class OtlpReceiver(TraceStore traces, MetricStore metrics) : IAsyncDisposable
{
    public const string KeyHeader = "x-otlp-api-key";

    private const int KeyBytes = 16;
    // Exporters send 512 spans at a time.
    private const int LargestRequest = 16 * 1024 * 1024;
    private const int PrefixBytes = 5;
    private const string GrpcStatus = "grpc-status";
    private const int Ok = 0;
    private const int InvalidArgument = 3;
    private const int Unimplemented = 12;
    private const int Unauthenticated = 16;

    private WebApplication? _web;

    /// <summary>Where services send to; empty before the start.</summary>
    public string Url { get; private set; } = "";

    public string Key { get; } = RandomNumberGenerator.GetHexString(2 * KeyBytes, lowercase: true);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var port = FreePorts.Take();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(OtlpReceiver).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, SilentLifetime>();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = SilentLifetime.StopTimeout);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var web = builder.Build();
        Map(web, "trace.v1.TraceService", body => traces.Add(OtlpParsing.Traces(body.Span)));
        Map(web, "metrics.v1.MetricsService", body => metrics.Add(OtlpParsing.Metrics(body.Span)));
        Map(web, "logs.v1.LogsService", body => traces.Add(OtlpParsing.Logs(body.Span)));
        try
        {
            await web.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await web.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _web = web;
        Url = $"http://localhost:{port}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not { } web)
            return;
        _web = null;
        await web.DisposeAsync().ConfigureAwait(false);
    }

    private void Map(WebApplication web, string service, Action<ReadOnlyMemory<byte>> keep) =>
        web.MapPost($"/opentelemetry.proto.collector.{service}/Export", async (HttpContext context) =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer(GrpcStatus);
            var status = await TakeAsync(context, keep).ConfigureAwait(false);
            if (status == Ok)
                await context.Response.Body.WriteAsync(new byte[PrefixBytes], context.RequestAborted).ConfigureAwait(false);
            context.Response.AppendTrailer(GrpcStatus, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });

    private async Task<int> TakeAsync(HttpContext context, Action<ReadOnlyMemory<byte>> keep)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers[KeyHeader].ToString()), Encoding.UTF8.GetBytes(Key)))
            return Unauthenticated;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var message = body.GetBuffer().AsMemory(0, (int)body.Length);
        if (message.Length < PrefixBytes || BinaryPrimitives.ReadUInt32BigEndian(message.Span[1..]) != message.Length - PrefixBytes)
            return InvalidArgument;
        // The first byte says whether it is compressed, which OpenTelemetry's exporter does not do unless told.
        if (message.Span[0] != 0)
            return Unimplemented;
        try
        {
            keep(message[PrefixBytes..]);
            return Ok;
        }
        catch (InvalidDataException)
        {
            return InvalidArgument;
        }
    }
}
