using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>Entries as server-sent events. Comment bodies go from the log to the wire as the bytes they are.</summary>
static class SseEncoding
{
    // Envelope and cursors of a batch come to less than this; bodies are added to it.
    private const int EnvelopeBytes = 512;

    /// <summary>A run of entries: comments that follow each other in one batch, everything else as an event of its own.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="epoch">Of the sequences.</param>
    /// <param name="entries">In order.</param>
    /// <param name="previous">The sequence before the first entry; null at the start of a connection.</param>
    /// <param name="isBackfill">True for what was before the viewer came.</param>
    public static ReadOnlyMemory<byte> Encode(string streamId, int epoch, IReadOnlyList<LogEntry> entries, ulong? previous, bool isBackfill)
    {
        var output = new ArrayBufferWriter<byte>(EnvelopeBytes + entries.Sum(entry => entry.Body.Length + 1));
        for (var index = 0; index < entries.Count;)
        {
            var from = index;
            while (index < entries.Count && entries[index].EventType == LogEventTypes.CommentPosted)
                index++;
            if (index > from)
                WriteBatch(output, streamId, epoch, entries, from, index, previous, isBackfill);
            else
                WriteOther(output, streamId, epoch, entries[index++]);
            previous = entries[index - 1].Sequence;
        }

        return output.WrittenMemory;
    }

    /// <summary>A batch with nothing in it: tells a viewer who came to silence where it is.</summary>
    public static ReadOnlyMemory<byte> EncodeEmptyBackfill(string streamId, int epoch, ulong sequence)
    {
        var output = new ArrayBufferWriter<byte>(EnvelopeBytes);
        var cursor = new Cursor(epoch, sequence);
        WriteHead(output, ServerMessageTypes.CommentsBatch, cursor);
        WriteJson(output, new ServerMessage<CommentsBatch>(ServerMessageTypes.CommentsBatch, new CommentsBatch(streamId, [], true, cursor.ToString(), null, 0)), ContractsJson.Wire.ServerMessageCommentsBatch);
        WriteEnd(output);
        return output.WrittenMemory;
    }

    /// <summary>Tells a viewer to forget what it holds. It carries no id: the backfill after it does.</summary>
    public static ReadOnlyMemory<byte> EncodeReset(string streamId, string reason)
    {
        var output = new ArrayBufferWriter<byte>(EnvelopeBytes);
        WriteHead(output, ServerMessageTypes.Reset, cursor: null);
        WriteJson(output, new ServerMessage<Reset>(ServerMessageTypes.Reset, new Reset(streamId, reason)), ContractsJson.Wire.ServerMessageReset);
        WriteEnd(output);
        return output.WrittenMemory;
    }

    /// <summary>Tells a viewer what is wrong. It carries no id: it is no event of the stream.</summary>
    public static ReadOnlyMemory<byte> EncodeError(string code, string message, bool retryable)
    {
        var output = new ArrayBufferWriter<byte>(EnvelopeBytes);
        WriteHead(output, ServerMessageTypes.Error, cursor: null);
        WriteJson(output, new ServerMessage<ServerError>(ServerMessageTypes.Error, new ServerError(code, message, retryable)), ContractsJson.Wire.ServerMessageServerError);
        WriteEnd(output);
        return output.WrittenMemory;
    }

    private static void WriteBatch(ArrayBufferWriter<byte> output, string streamId, int epoch, IReadOnlyList<LogEntry> entries, int from, int to, ulong? previous, bool isBackfill)
    {
        var cursor = new Cursor(epoch, entries[to - 1].Sequence);
        WriteHead(output, ServerMessageTypes.CommentsBatch, cursor);
        // {"type":"comments_batch","payload":{"streamId":"s","comments":[…],"isBackfill":false,"cursor":"1-9","previousCursor":"1-7","omitted":0}}
        Write(output, $"{{\"type\":\"{ServerMessageTypes.CommentsBatch}\",\"payload\":{{\"streamId\":\"{streamId}\",\"comments\":[");
        for (var index = from; index < to; index++)
        {
            if (index > from)
                output.Write(","u8);
            WriteBody(output, entries[index]);
        }

        var previousCursor = previous is { } sequence ? $"\"{new Cursor(epoch, sequence)}\"" : "null";
        Write(output, $"],\"isBackfill\":{(isBackfill ? "true" : "false")},\"cursor\":\"{cursor}\",\"previousCursor\":{previousCursor},\"omitted\":0}}}}");
        WriteEnd(output);
    }

    private static void WriteOther(ArrayBufferWriter<byte> output, string streamId, int epoch, LogEntry entry)
    {
        var cursor = new Cursor(epoch, entry.Sequence);
        var type = entry.EventType switch
        {
            LogEventTypes.StreamCreated or LogEventTypes.StreamEnded => ServerMessageTypes.StreamState,
            LogEventTypes.CommentDeleted => ServerMessageTypes.CommentRemoved,
            _ => null,
        };
        // An event that this version doesn't know still moves the viewer's cursor: an id alone is no message.
        if (type is null)
        {
            Write(output, $"id: {cursor}\n\n");
            return;
        }

        WriteHead(output, type, cursor);
        Write(output, $"{{\"type\":\"{type}\",\"payload\":");
        if (type == ServerMessageTypes.StreamState)
            WriteStreamState(output, streamId, entry);
        else
            WriteBody(output, entry);
        output.Write("}"u8);
        WriteEnd(output);
    }

    /// <summary>A <see cref="StreamState"/> is the entry's stream with one more property.</summary>
    private static void WriteStreamState(ArrayBufferWriter<byte> output, string streamId, LogEntry entry)
    {
        // {"id":"s","title":…} becomes {"streamId":"s","id":"s","title":…}; a stream has an id at least, so the comma is right.
        if (entry.Body.Span is not [(byte)'{', (byte)'"', ..])
            throw new InvalidDataException($"Entry {entry.Sequence} has no stream in it.");
        Write(output, $"{{\"streamId\":\"{streamId}\",");
        WriteBody(output, entry with { Body = entry.Body[1..] });
    }

    private static void WriteHead(ArrayBufferWriter<byte> output, string type, Cursor? cursor)
    {
        if (cursor is not null)
            Write(output, $"id: {cursor}\n");
        Write(output, $"event: {type}\ndata: ");
    }

    private static void WriteEnd(ArrayBufferWriter<byte> output) => output.Write("\n\n"u8);

    private static void WriteBody(ArrayBufferWriter<byte> output, LogEntry entry)
    {
        // A line break would end the event and let the body speak for us. JSON writers escape it, so this is a broken log.
        if (entry.Body.Span.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
            throw new InvalidDataException($"Entry {entry.Sequence} has a line break in its body.");
        output.Write(entry.Body.Span);
    }

    private static void WriteJson<T>(ArrayBufferWriter<byte> output, T value, JsonTypeInfo<T> type)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = type.Options.Encoder });
        JsonSerializer.Serialize(writer, value, type);
    }

    private static void Write(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
