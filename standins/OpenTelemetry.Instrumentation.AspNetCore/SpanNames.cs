using System.Collections.Frozen;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>Names a span by method and route template: few names, whatever a client sends.</summary>
internal static class SpanNames
{
    private static readonly FrozenDictionary<string, string> KnownMethods =
        new[] { "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY" }
            .ToFrozenDictionary(method => method, StringComparer.OrdinalIgnoreCase);

    public static string? KnownMethod(string method) => KnownMethods.GetValueOrDefault(method);

    public static string Of(string method, string? route)
    {
        var name = KnownMethod(method) ?? "HTTP";
        return route is null ? name : $"{name} {route}";
    }
}
