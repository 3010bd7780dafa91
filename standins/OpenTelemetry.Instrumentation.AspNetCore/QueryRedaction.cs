namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>Values in a query string may be secrets or personal: names stay, values go.</summary>
internal static class QueryRedaction
{
    private const string Redacted = "Redacted";

    public static string Redact(string query)
    {
        if (!query.Contains('=', StringComparison.Ordinal))
            return query;

        return string.Join('&', query.Split('&').Select(static pair =>
            pair.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? string.Concat(pair.AsSpan(0, at + 1), Redacted) : pair));
    }
}
