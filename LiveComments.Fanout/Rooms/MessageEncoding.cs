using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.Fanout.Feed;
using LiveComments.Fanout.Rooms.Sampling;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>Entries as messages. Comment bodies go from the log to the wire as the bytes they are.</summary>
static class MessageEncoding
{
    // Envelope and cursors of a batch come to less than this; bodies are added to it.
    private const int EnvelopeBytes = 512;

    /// <summary>
    /// A run of entries: comments that follow each other in one batch, everything else as a message of its own. What
    /// shows nothing to viewers parts no batch; the cursor of a message beside it goes past it.
    /// </summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="epoch">Of the sequences.</param>
    /// <param name="entries">In order.</param>
    /// <param name="previous">The sequence before the first entry; null at the start of a connection.</param>
    /// <param name="isBackfill">True for what was before the viewer came.</param>
    /// <param name="through">Where the viewer is after the last of them, if that is further on than it.</param>
    /// <param name="sample">Which comments are left out, and counted instead.</param>
    /// <param name="viewer">For whom; null for everybody.</param>
    public static IReadOnlyList<WireMessage> Encode(
        string streamId, int epoch, IReadOnlyList<LogEntry> entries, ulong? previous, bool isBackfill, ulong? through = null, Sample? sample = null, User? viewer = null)
    {
        var output = new ArrayBufferWriter<byte>(EnvelopeBytes + entries.Sum(entry => entry.Body.Length + 1));
        var messages = new List<(string Type, ulong Sequence, int End)>();
        for (var index = 0; index < entries.Count;)
        {
            while (index < entries.Count && TypeOf(entries[index]) is "")
                index++;
            var from = index;
            var type = from < entries.Count ? TypeOf(entries[from]) : "";
            while (++index < entries.Count && (TypeOf(entries[index]) is "" || (type is ServerMessageTypes.CommentsBatch && TypeOf(entries[index]) == type)))
            {
            }

            index = Math.Min(index, entries.Count);
            var sequence = index == entries.Count ? Math.Max(through ?? 0, entries[^1].Sequence) : entries[index - 1].Sequence;
            if (type is ServerMessageTypes.CommentsBatch)
                WriteBatch(output, streamId, new Cursor(epoch, sequence), entries, from, index, previous is { } before ? new Cursor(epoch, before) : null, isBackfill, sample, viewer);
            else if (type is not "")
                WriteOther(output, type, streamId, entries[from]);
            messages.Add((type, sequence, output.WrittenCount));
            previous = sequence;
        }

        // Cut at the end: the buffer may have moved while it grew.
        var start = 0;
        return messages.ConvertAll(message =>
        {
            var json = output.WrittenMemory[start..message.End];
            start = message.End;
            return new WireMessage(message.Type, new Cursor(epoch, message.Sequence), json);
        });
    }

    /// <summary>A batch with nothing in it: tells a viewer who came to silence where it is.</summary>
    public static WireMessage EmptyBackfill(string streamId, Cursor cursor) => new(
        ServerMessageTypes.CommentsBatch,
        cursor,
        Json(ServerMessageTypes.CommentsBatch, new CommentsBatch(streamId, [], true, cursor.ToString(), null, 0), ContractsJson.Wire.ServerMessageCommentsBatch));

    /// <summary>Tells a viewer where it is, and nothing else.</summary>
    public static WireMessage CursorAlone(Cursor cursor) => new("", cursor, default);

    /// <summary>Tells a viewer to forget what it holds. It carries no cursor: the backfill after it does.</summary>
    public static WireMessage Reset(string streamId, string reason) =>
        new(ServerMessageTypes.Reset, null, Json(ServerMessageTypes.Reset, new Reset(streamId, reason), ContractsJson.Wire.ServerMessageReset));

    /// <summary>Tells a viewer what is wrong with its connection. It carries no cursor: it is no event of the stream.</summary>
    public static WireMessage Error(string code, string message, bool retryable) =>
        new(ServerMessageTypes.Error, null, Json(ServerMessageTypes.Error, new ServerError(code, message, retryable), ContractsJson.Wire.ServerMessageServerError));

    /// <summary>A message of that type, as JSON in one line.</summary>
    public static ReadOnlyMemory<byte> Json<T>(string type, T payload, JsonTypeInfo<ServerMessage<T>> typeInfo) =>
        JsonSerializer.SerializeToUtf8Bytes(new ServerMessage<T>(type, payload), typeInfo);

    /// <summary>What an entry is to viewers; empty when it is nothing to them, or nothing that this version knows.</summary>
    private static string TypeOf(LogEntry entry) => entry.EventType switch
    {
        LogEventTypes.CommentPosted => ServerMessageTypes.CommentsBatch,
        LogEventTypes.CommentDeleted or LogEventTypes.CommentHidden => ServerMessageTypes.CommentRemoved,
        LogEventTypes.CommentMarked => ServerMessageTypes.CommentUpdated,
        LogEventTypes.StreamCreated or LogEventTypes.StreamEnded or LogEventTypes.StreamSettings => ServerMessageTypes.StreamState,
        FeedGap.EventType => ServerMessageTypes.Gap,
        _ => "",
    };

    private static void WriteBatch(
        ArrayBufferWriter<byte> output, string streamId, Cursor cursor, IReadOnlyList<LogEntry> entries, int from, int to, Cursor? previous, bool isBackfill,
        Sample? sample, User? viewer)
    {
        // {"type":"comments_batch","payload":{"streamId":"s","comments":[…],"isBackfill":false,"cursor":"1-9","previousCursor":"1-7","omitted":0}}
        Write(output, $"{{\"type\":\"{ServerMessageTypes.CommentsBatch}\",\"payload\":{{\"streamId\":\"{streamId}\",\"comments\":[");
        var written = 0;
        var omitted = 0;
        for (var index = from; index < to; index++)
        {
            if (TypeOf(entries[index]) is "")
                continue;
            if (sample?.Omits(entries[index].Sequence, viewer) == true)
            {
                omitted++;
                continue;
            }

            if (written++ > 0)
                output.Write(","u8);
            WriteBody(output, entries[index]);
        }

        var previousCursor = previous is null ? "null" : $"\"{previous}\"";
        Write(output, $"],\"isBackfill\":{(isBackfill ? "true" : "false")},\"cursor\":\"{cursor}\",\"previousCursor\":{previousCursor},\"omitted\":{omitted}}}}}");
    }

    private static void WriteOther(ArrayBufferWriter<byte> output, string type, string streamId, LogEntry entry)
    {
        Write(output, $"{{\"type\":\"{type}\",\"payload\":");
        if (type == ServerMessageTypes.StreamState)
            WriteStreamState(output, streamId, entry);
        else
            WriteBody(output, entry);
        output.Write("}"u8);
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

    private static void WriteBody(ArrayBufferWriter<byte> output, LogEntry entry)
    {
        // A line break would end an event and let the body speak for us. JSON writers escape it, so this is a broken log.
        if (entry.Body.Span.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
            throw new InvalidDataException($"Entry {entry.Sequence} has a line break in its body.");
        output.Write(entry.Body.Span);
    }

    private static void Write(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
