using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>One subscription for each options name, however often it is asked for: twice would enrich a span twice.</summary>
internal sealed class AspNetCoreSubscriptions(IOptionsMonitor<AspNetCoreTraceInstrumentationOptions> options)
{
    private readonly ConcurrentDictionary<string, Lazy<AspNetCoreListener>> _byName = new(StringComparer.Ordinal);

    public AspNetCoreListener GetOrSubscribe(string name) =>
        _byName.GetOrAdd(name, key => new(() => new AspNetCoreListener(options.Get(key)))).Value;
}
