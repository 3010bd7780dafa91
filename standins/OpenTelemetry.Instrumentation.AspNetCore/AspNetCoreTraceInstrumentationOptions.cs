using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>Which incoming requests are traced, and what their spans carry.</summary>
public class AspNetCoreTraceInstrumentationOptions
{
    /// <summary>False leaves the request out. One that throws leaves it out, too.</summary>
    public Func<HttpContext, bool>? Filter { get; set; }

    /// <summary>Called when the span starts.</summary>
    public Action<Activity, HttpRequest>? EnrichWithHttpRequest { get; set; }

    /// <summary>Called when the span ends.</summary>
    public Action<Activity, HttpResponse>? EnrichWithHttpResponse { get; set; }

    /// <summary>Called for an exception that no handler of the application's own caught.</summary>
    public Action<Activity, Exception>? EnrichWithException { get; set; }

    /// <summary>Records exceptions as span events.</summary>
    public bool RecordException { get; set; }

    /// <summary>Collects SignalR's spans as well.</summary>
    public bool EnableAspNetCoreSignalRSupport { get; set; } = true;

    /// <summary>Collects the spans of Razor components as well.</summary>
    public bool EnableRazorComponentsSupport { get; set; } = true;
}
