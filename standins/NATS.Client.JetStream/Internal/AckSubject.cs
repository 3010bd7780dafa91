using System.Globalization;

namespace NATS.Client.JetStream.Internal;

/// <summary>
/// Where a message of a consumer came from stands in its reply subject:
/// <c>$JS.ACK.(stream).(consumer).(delivered).(stream sequence).(consumer sequence).(time).(pending)</c>,
/// in clusters of newer servers with <c>(domain).(account)</c> before the stream.
/// </summary>
internal static class AckSubject
{
    private const int ShortLength = 9;
    private const int MinLongLength = 11;
    private const int MaxWords = 16;
    private const int DomainWords = 2;
    private const long NanosecondsPerMillisecond = 1_000_000;

    public static NatsJSMsgMetadata? Parse(string? replyTo, NameCache names)
    {
        Span<Range> words = stackalloc Range[MaxWords];
        if (!TrySplit(replyTo, words, out var hasDomain))
            return null;
        var shift = hasDomain ? DomainWords : 0;
        var text = replyTo.AsSpan();
        var domain = hasDomain && !text[words[2]].SequenceEqual("_") ? text[words[2]].ToString() : "";
        return new NatsJSMsgMetadata(
            new NatsJSSequencePair(Number(text[words[5 + shift]]), Number(text[words[6 + shift]])),
            Number(text[words[4 + shift]]),
            Number(text[words[8 + shift]]),
            DateTimeOffset.FromUnixTimeMilliseconds((long)Number(text[words[7 + shift]]) / NanosecondsPerMillisecond),
            names.Stream(text[words[2 + shift]]),
            names.Consumer(text[words[3 + shift]]),
            domain);
    }

    /// <summary>The sequences alone, without a string: an ordered consumer looks at each message.</summary>
    public static bool TryParseSequence(string? replyTo, out NatsJSSequencePair sequence)
    {
        sequence = default;
        Span<Range> words = stackalloc Range[MaxWords];
        if (!TrySplit(replyTo, words, out var hasDomain))
            return false;
        var shift = hasDomain ? DomainWords : 0;
        var text = replyTo.AsSpan();
        sequence = new NatsJSSequencePair(Number(text[words[5 + shift]]), Number(text[words[6 + shift]]));
        return true;
    }

    private static bool TrySplit(string? replyTo, Span<Range> words, out bool hasDomain)
    {
        var count = replyTo.AsSpan().Split(words, '.');
        hasDomain = count >= MinLongLength;
        return (count == ShortLength || hasDomain) && replyTo!.StartsWith("$JS.ACK.", StringComparison.Ordinal);
    }

    // Zero for what is none: anybody may send anything to an inbox.
    private static ulong Number(ReadOnlySpan<char> word) => ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>Message after message names the same stream and consumer; their strings are made once.</summary>
internal sealed class NameCache
{
    private string _stream = "";
    private string _consumer = "";

    public string Stream(ReadOnlySpan<char> name) => name.SequenceEqual(_stream) ? _stream : _stream = name.ToString();

    public string Consumer(ReadOnlySpan<char> name) => name.SequenceEqual(_consumer) ? _consumer : _consumer = name.ToString();
}
