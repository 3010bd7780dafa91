using System.Buffers;
using System.Text;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>Messages as server-sent events.</summary>
static class SseEncoding
{
    // "id: ", "event: ", "data: ", the line ends, a cursor and a type come to less than this.
    private const int EventBytes = 128;

    public static ReadOnlyMemory<byte> Encode(IReadOnlyList<WireMessage> messages)
    {
        if (messages.Count == 0)
            return default;
        var output = new ArrayBufferWriter<byte>(messages.Sum(message => message.Json.Length + EventBytes));
        foreach (var message in messages)
        {
            if (message.Cursor is { } cursor)
                Encoding.UTF8.GetBytes($"id: {cursor}\n", output);
            // An id alone is no event to a browser, but moves what it resumes from.
            if (message.Type is not "")
            {
                Encoding.UTF8.GetBytes($"event: {message.Type}\ndata: ", output);
                output.Write(message.Json.Span);
                output.Write("\n"u8);
            }

            output.Write("\n"u8);
        }

        return output.WrittenMemory;
    }

    /// <inheritdoc cref="MessageEncoding.Encode"/>
    public static ReadOnlyMemory<byte> Encode(string streamId, int epoch, IReadOnlyList<LogEntry> entries, ulong? previous, bool isBackfill) =>
        Encode(MessageEncoding.Encode(streamId, epoch, entries, previous, isBackfill));
}
