using System.Buffers;
using System.Text;
using LiveComments.Contracts;

namespace LiveComments.Fanout.Rooms;

/// <summary>Messages as they are over WebSocket and in the answer of a long poll: with their cursor beside type and payload.</summary>
static class JsonEncoding
{
    /// <summary>One text message each.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Encode(string streamId, IReadOnlyList<WireMessage> messages) =>
        [.. messages.Select(message => Encode(streamId, message))];

    /// <summary>The body of a long poll's answer. Messages that show nothing are in its cursor alone.</summary>
    public static ReadOnlyMemory<byte> EncodePoll(string streamId, IReadOnlyList<WireMessage> messages, Cursor cursor)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("{\"messages\":["u8);
        var written = 0;
        foreach (var message in messages.Where(message => message.Type is not ""))
        {
            if (written++ > 0)
                output.Write(","u8);
            output.Write(Encode(streamId, message).Span);
        }

        Encoding.UTF8.GetBytes($"],\"cursor\":\"{cursor}\"}}", output);
        return output.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> Encode(string streamId, WireMessage message)
    {
        var json = message.Type is ""
            ? MessageEncoding.Json(ServerMessageTypes.CursorMoved, new CursorMoved(streamId), ContractsJson.Wire.ServerMessageCursorMoved)
            : message.Json;
        // {"type":…,"payload":…} becomes {"type":…,"payload":…,"cursor":"1-9"}.
        return message.Cursor is { } cursor ? (byte[])[.. json.Span[..^1], .. Encoding.ASCII.GetBytes($",\"cursor\":\"{cursor}\"}}")] : json;
    }
}
