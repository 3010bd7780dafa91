using System.Buffers.Text;
using System.Text.Json;
using LiveComments.Contracts;

namespace LiveComments.Faults.Viewers;

/// <summary>Reads of a message what the judge needs, and skips the rest: a hundred viewers of a fast stream get tens of thousands of comments a second.</summary>
static class MessageReading
{
    /// <summary>The sighting, if it is one, and the message's own cursor, if it has one.</summary>
    public static (Sighting? Sighting, Cursor? Cursor) Read(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        string? type = null;
        Cursor? outer = null;
        var payload = default(Payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
                type = Text(ref reader);
            else if (reader.ValueTextEquals("cursor"u8))
                outer = CursorOf(Text(ref reader));
            else if (reader.ValueTextEquals("payload"u8))
                payload = ReadPayload(ref reader);
            else
                reader.Skip();
        }

        var cursor = outer ?? payload.Cursor;
        Sighting? sighting = type switch
        {
            ServerMessageTypes.CommentsBatch => new Sighting.Batch(payload.Comments ?? [], payload.IsBackfill, payload.Cursor ?? throw new JsonException("A batch without a cursor."), payload.Omitted),
            ServerMessageTypes.Reset => new Sighting.Reset(payload.Reason ?? ""),
            ServerMessageTypes.Gap => new Sighting.Gap(payload.After ?? default, payload.Until ?? default),
            _ => null,
        };
        return (sighting, cursor);
    }

    private static Payload ReadPayload(ref Utf8JsonReader reader)
    {
        var payload = default(Payload);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return payload;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("comments"u8))
                payload.Comments = ReadComments(ref reader);
            else if (reader.ValueTextEquals("isBackfill"u8))
                payload.IsBackfill = reader.Read() && reader.GetBoolean();
            else if (reader.ValueTextEquals("omitted"u8))
                payload.Omitted = reader.Read() ? reader.GetInt32() : 0;
            else if (reader.ValueTextEquals("cursor"u8))
                payload.Cursor = CursorOf(Text(ref reader));
            else if (reader.ValueTextEquals("after"u8))
                payload.After = CursorOf(Text(ref reader));
            else if (reader.ValueTextEquals("until"u8))
                payload.Until = CursorOf(Text(ref reader));
            else if (reader.ValueTextEquals("reason"u8))
                payload.Reason = Text(ref reader);
            else
                reader.Skip();
        }

        return payload;
    }

    private static long[] ReadComments(ref Utf8JsonReader reader)
    {
        var ids = new List<long>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!reader.ValueTextEquals("id"u8))
                {
                    reader.Skip();
                    continue;
                }

                reader.Read();
                ids.Add(Utf8Parser.TryParse(reader.ValueSpan, out long id, out _) ? id : throw new JsonException("A comment's id is no number."));
            }
        }

        return [.. ids];
    }

    private static string? Text(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

    private static Cursor? CursorOf(string? text) => Cursor.TryParse(text, out var cursor) ? cursor : null;

    private struct Payload
    {
        public long[]? Comments;
        public bool IsBackfill;
        public int Omitted;
        public Cursor? Cursor;
        public Cursor? After;
        public Cursor? Until;
        public string? Reason;
    }
}
