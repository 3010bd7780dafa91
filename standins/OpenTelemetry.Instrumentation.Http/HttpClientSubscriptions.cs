using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>One subscription for each options name, however often it is asked for: twice would enrich a span twice.</summary>
internal sealed class HttpClientSubscriptions(IOptionsMonitor<HttpClientTraceInstrumentationOptions> options)
{
    private readonly ConcurrentDictionary<string, Lazy<HttpClientListener>> _byName = new(StringComparer.Ordinal);

    public HttpClientListener GetOrSubscribe(string name) =>
        _byName.GetOrAdd(name, key => new(() => new HttpClientListener(options.Get(key)))).Value;
}
