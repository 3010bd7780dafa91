using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>The attributes of a server span, by OpenTelemetry's HTTP semantic conventions.</summary>
internal static class HttpAttributes
{
    public const string Route = "http.route";
    public const string ErrorType = "error.type";

    public static void SetRequest(Activity activity, HttpRequest request)
    {
        var method = SpanNames.KnownMethod(request.Method);
        activity.SetTag("http.request.method", method ?? "_OTHER");
        if (method != request.Method)
            activity.SetTag("http.request.method_original", request.Method);

        if (request.Host is { HasValue: true } host)
        {
            activity.SetTag("server.address", host.Host);
            if (host.Port is { } port)
                activity.SetTag("server.port", port);
        }

        if (request.Headers.UserAgent is [{ Length: > 0 } userAgent, ..])
            activity.SetTag("user_agent.original", userAgent);

        activity.SetTag("url.scheme", request.Scheme);
        var path = (request.PathBase + request.Path).ToString();
        activity.SetTag("url.path", path.Length > 0 ? path : "/");
        if (request.QueryString is { HasValue: true, Value: { } query })
            activity.SetTag("url.query", QueryRedaction.Redact(query));

        activity.SetTag("network.protocol.version", request.Protocol switch
        {
            "HTTP/1.0" => "1.0",
            "HTTP/1.1" => "1.1",
            "HTTP/2" => "2",
            "HTTP/3" => "3",
            var other => other,
        });
    }

    public static void SetResponse(Activity activity, HttpResponse response)
    {
        activity.SetTag("http.response.status_code", response.StatusCode);
        // A 4xx is the client's fault: for the server that is no error.
        if (activity.Status == ActivityStatusCode.Unset && response.StatusCode is < 100 or >= 500)
            activity.SetStatus(ActivityStatusCode.Error);
    }
}
