using System.Text.Json;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>When Api accepted a comment, by the comment itself.</summary>
static class Acceptance
{
    /// <summary>Null when the body doesn't say.</summary>
    public static DateTimeOffset? Of(LogEntry comment)
    {
        // {"id":"7","streamId":"s",…,"createdAt":1700000000000,"receivedAt":1700000000000}
        var reader = new Utf8JsonReader(comment.Body.Span);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("receivedAt"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var milliseconds) ? FromUnix(milliseconds) : null;
            }
        }
        catch (JsonException)
        {
            // Nothing of ours; it goes to viewers all the same.
        }

        return null;
    }

    private static DateTimeOffset? FromUnix(long milliseconds) =>
        milliseconds > 0 && milliseconds < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
