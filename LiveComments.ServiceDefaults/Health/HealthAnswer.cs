using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveComments.ServiceDefaults.Health;

/// <summary>
/// What a health endpoint answers: <c>{"status":"Unhealthy","checks":[{"name":"nats","status":"Unhealthy","ms":1000.4,"reason":"No answer in time."}]}</c>.
/// Reasons are sentences of ours and never an exception's, which may name servers and users.
/// </summary>
static class HealthAnswer
{
    private const string TimedOut = "No answer in time.";
    private const string Failed = "Not reachable, or refused.";

    public static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("status", report.Status.ToString());
        writer.WriteStartArray("checks");
        foreach (var (name, entry) in report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("status", entry.Status.ToString());
            writer.WriteNumber("ms", Math.Round(entry.Duration.TotalMilliseconds, 1));
            if (ReasonOf(entry) is { } reason)
                writer.WriteString("reason", reason);
            foreach (var (key, value) in entry.Data)
                writer.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string? ReasonOf(HealthReportEntry entry) => entry.Exception switch
    {
        null => entry.Description,
        OperationCanceledException or TimeoutException or { InnerException: TimeoutException } => TimedOut,
        _ => Failed,
    };
}
