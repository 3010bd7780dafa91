using System.Diagnostics;
using System.Net;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>Which outgoing requests are traced, and what their spans carry. The HttpWebRequest members matter on .NET Framework only.</summary>
public class HttpClientTraceInstrumentationOptions
{
    /// <summary>False leaves the request out. One that throws leaves it out, too.</summary>
    public Func<HttpRequestMessage, bool>? FilterHttpRequestMessage { get; set; }

    /// <summary>Called when the span starts.</summary>
    public Action<Activity, HttpRequestMessage>? EnrichWithHttpRequestMessage { get; set; }

    /// <summary>Called when a response has arrived.</summary>
    public Action<Activity, HttpResponseMessage>? EnrichWithHttpResponseMessage { get; set; }

    /// <summary>Called when the request failed.</summary>
    public Action<Activity, Exception>? EnrichWithException { get; set; }

    /// <summary>.NET Framework only.</summary>
    public Func<HttpWebRequest, bool>? FilterHttpWebRequest { get; set; }

    /// <summary>.NET Framework only.</summary>
    public Action<Activity, HttpWebRequest>? EnrichWithHttpWebRequest { get; set; }

    /// <summary>.NET Framework only.</summary>
    public Action<Activity, HttpWebResponse>? EnrichWithHttpWebResponse { get; set; }

    /// <summary>Records exceptions as span events.</summary>
    public bool RecordException { get; set; }
}
