using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace NATS.Client.Core.Internal;

/// <summary>Where one command is put together before it joins the outgoing bytes. One for each thread. Hot path.</summary>
internal sealed class CommandScratch : IBufferWriter<byte>
{
    private const int FirstSize = 4096;

    // A thread that once sent something large gives the memory back.
    private const int KeptSize = 256 * 1024;
    private const int LongestNumber = 11;

    [ThreadStatic]
    private static CommandScratch? _ofThread;

    private byte[] _bytes = new byte[FirstSize];

    public int Length { get; private set; }

    public static CommandScratch Rent()
    {
        // Taken, so that a serializer that publishes gets another one.
        var scratch = _ofThread ?? new CommandScratch();
        _ofThread = null;
        scratch.Length = 0;
        return scratch;
    }

    public static void Return(CommandScratch scratch)
    {
        if (scratch._bytes.Length <= KeptSize)
            _ofThread = scratch;
    }

    public ReadOnlySpan<byte> Written(int start, int end) => _bytes.AsSpan(start, end - start);

    /// <summary>Puts a publish together as body, then control line: the line needs the length of the body.</summary>
    /// <returns>The length of the body; the control line is behind it.</returns>
    public int Publish<T>(string subject, T? value, INatsSerialize<T>? serializer, NatsHeaders? headers, string? replyTo, NatsOpts opts, int maxPayload)
    {
        if (headers is not null)
            HeaderCodec.Write(this, headers, opts.HeaderEncoding);
        var headerLength = Length;
        if (value is not null && serializer is not null)
            serializer.Serialize(this, value);
        var size = Length;
        if (maxPayload > 0 && size > maxPayload)
            throw new NatsPayloadTooLargeException($"Payload size {size} exceeds server's maximum payload size {maxPayload}");
        Text("\r\n"u8);
        var bodyLength = Length;
        Text(headers is null ? "PUB "u8 : "HPUB "u8);
        Text(subject, opts.SubjectEncoding);
        if (replyTo is not null)
        {
            Text(" "u8);
            Text(replyTo, opts.SubjectEncoding);
        }

        if (headers is not null)
        {
            Text(" "u8);
            Number(headerLength);
        }

        Text(" "u8);
        Number(size);
        Text("\r\n"u8);
        return bodyLength;
    }

    public void Subscribe(int sid, string subject, string? queueGroup, Encoding encoding)
    {
        Text("SUB "u8);
        Text(subject, encoding);
        if (queueGroup is not null)
        {
            Text(" "u8);
            Text(queueGroup, encoding);
        }

        Text(" "u8);
        Number(sid);
        Text("\r\n"u8);
    }

    public void Unsubscribe(int sid, int? afterMsgs = null)
    {
        Text("UNSUB "u8);
        Number(sid);
        if (afterMsgs is { } count)
        {
            Text(" "u8);
            Number(count);
        }

        Text("\r\n"u8);
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(GetSpan(text.Length));
        Length += text.Length;
    }

    private void Text(string text, Encoding encoding) => Length += encoding.GetBytes(text, GetSpan(encoding.GetMaxByteCount(text.Length)));

    private void Number(int number)
    {
        Utf8Formatter.TryFormat(number, GetSpan(LongestNumber), out var written);
        Length += written;
    }

    private void Ensure(int count)
    {
        var needed = Length + Math.Max(count, 1);
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
    }
}
