using System.Globalization;
using LiveComments.Contracts;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>One entry of the log. The body stays bytes: who only passes it on never parses it.</summary>
/// <param name="StreamId">The live stream it belongs to.</param>
/// <param name="Sequence">Its place in the log.</param>
/// <param name="EventType">One of <see cref="LogEventTypes"/>, or one that a newer version writes.</param>
/// <param name="Body">JSON, UTF-8.</param>
/// <param name="Headers">Everything that was stored beside the body.</param>
public sealed record LogEntry(string StreamId, ulong Sequence, string EventType, ReadOnlyMemory<byte> Body, NatsHeaders? Headers)
{
    /// <summary>From a consumer, which knows the sequence from the acknowledgement subject.</summary>
    public static LogEntry From(INatsJSMsg<byte[]> message) => new(
        LogSubjects.StreamIdOf(message.Subject),
        message.Metadata?.Sequence.Stream ?? throw new InvalidDataException($"An entry on {message.Subject} came without its sequence."),
        Header(message.Headers, LogHeaders.EventType) ?? "",
        message.Data ?? [],
        message.Headers);

    /// <summary>From a direct get or a republished message, which carry the sequence as a header.</summary>
    public static LogEntry FromHeaders(string subject, byte[]? data, NatsHeaders? headers) => new(
        LogSubjects.StreamIdOf(subject),
        Number(headers, LogHeaders.Sequence),
        Header(headers, LogHeaders.EventType) ?? "",
        data ?? [],
        headers);

    // A direct get's reply comes to an inbox; the entry's own subject is a header.
    public static LogEntry FromDirectGet(NatsMsg<byte[]> message) =>
        FromHeaders(Header(message.Headers, "Nats-Subject") ?? message.Subject, message.Data, message.Headers);

    /// <summary>By what it can be told from another one in its place; null for what is no entry of the log's, or came without a message id.</summary>
    public KnownEntry? Known(int epoch) => Header(Headers, LogHeaders.MessageId) is { } messageId ? new KnownEntry(new Cursor(epoch, Sequence), messageId) : null;

    /// <summary>The header's last value, or null.</summary>
    public static string? Header(NatsHeaders? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <exception cref="InvalidDataException">The header is missing or no number: the log isn't set up to republish.</exception>
    public static ulong Number(NatsHeaders? headers, string name) =>
        ulong.TryParse(Header(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"A log entry came without a valid {name} header.");
}
