using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace NATS.Client.Core;

/// <summary>The serializer in use when none is named: raw bytes, then UTF-8 text of the simple types.</summary>
public static class NatsDefaultSerializer<T>
{
    public static readonly INatsSerializer<T> Default = NatsRawSerializer<T>.Default;
}

public class NatsDefaultSerializerRegistry : INatsSerializerRegistry
{
    public static readonly NatsDefaultSerializerRegistry Default = new();

    public INatsSerialize<T> GetSerializer<T>() => NatsDefaultSerializer<T>.Default;

    public INatsDeserialize<T> GetDeserializer<T>() => NatsDefaultSerializer<T>.Default;
}

/// <summary>Bytes as they are. An owner of memory is disposed once it is written.</summary>
public class NatsRawSerializer<T> : INatsSerializer<T>
{
    public static readonly NatsRawSerializer<T> Default = new(NatsUtf8PrimitivesSerializer<T>.Default);

    private readonly INatsSerializer<T>? _next;

    public NatsRawSerializer(INatsSerializer<T>? next = default) => _next = next;

    public INatsSerializer<T> CombineWith(INatsSerializer<T>? next) => new NatsRawSerializer<T>(next);

    public void Serialize(IBufferWriter<byte> bufferWriter, T value)
    {
        switch (value)
        {
            case byte[] bytes:
                bufferWriter.Write(bytes);
                break;
            case Memory<byte> memory:
                bufferWriter.Write(memory.Span);
                break;
            case ReadOnlyMemory<byte> memory:
                bufferWriter.Write(memory.Span);
                break;
            case ReadOnlySequence<byte> sequence:
                foreach (var segment in sequence)
                    bufferWriter.Write(segment.Span);
                break;
            case IMemoryOwner<byte> owner:
                using (owner)
                    bufferWriter.Write(owner.Memory.Span);
                break;
            default:
                (_next ?? throw new NatsException($"Can't serialize {typeof(T)}")).Serialize(bufferWriter, value);
                break;
        }
    }

    public T? Deserialize(in ReadOnlySequence<byte> buffer)
    {
        if (typeof(T) == typeof(byte[]))
            return buffer.IsEmpty ? default : (T)(object)buffer.ToArray();
        if (typeof(T) == typeof(Memory<byte>))
            return buffer.IsEmpty ? default : (T)(object)new Memory<byte>(buffer.ToArray());
        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            return buffer.IsEmpty ? default : (T)(object)new ReadOnlyMemory<byte>(buffer.ToArray());
        if (typeof(T) == typeof(ReadOnlySequence<byte>))
            return buffer.IsEmpty ? default : (T)(object)new ReadOnlySequence<byte>(buffer.ToArray());
        if (typeof(T) == typeof(IMemoryOwner<byte>) || typeof(T) == typeof(NatsMemoryOwner<byte>))
        {
            if (buffer.IsEmpty)
                return default;
            var owner = NatsMemoryOwner<byte>.Allocate((int)buffer.Length);
            buffer.CopyTo(owner.Span);
            return (T)(object)owner;
        }

        return _next is null ? throw new NatsException($"Can't deserialize {typeof(T)}") : _next.Deserialize(buffer);
    }
}

/// <summary>Text, numbers, dates and the like as UTF-8 text.</summary>
public class NatsUtf8PrimitivesSerializer<T> : INatsSerializer<T>
{
    public static readonly NatsUtf8PrimitivesSerializer<T> Default = new();

    // Longer than any of the simple types in text.
    private const int LongestPrimitive = 128;

    private static readonly StandardFormat Iso = new('O');

    private readonly INatsSerializer<T>? _next;

    public NatsUtf8PrimitivesSerializer(INatsSerializer<T>? next = default) => _next = next;

    public INatsSerializer<T> CombineWith(INatsSerializer<T>? next) => new NatsUtf8PrimitivesSerializer<T>(next);

    public void Serialize(IBufferWriter<byte> bufferWriter, T value)
    {
        if (value is string text)
        {
            Encoding.UTF8.GetBytes(text, bufferWriter);
            return;
        }

        var span = bufferWriter.GetSpan(LongestPrimitive);
        var known = true;
        var written = 0;
        _ = value switch
        {
            DateTime date => Utf8Formatter.TryFormat(date, span, out written, Iso),
            DateTimeOffset { Offset.Ticks: 0 } date => Utf8Formatter.TryFormat(date.UtcDateTime, span, out written, Iso),
            DateTimeOffset date => Utf8Formatter.TryFormat(date, span, out written, Iso),
            Guid guid => Utf8Formatter.TryFormat(guid, span, out written),
            TimeSpan time => Utf8Formatter.TryFormat(time, span, out written),
            bool flag => Utf8Formatter.TryFormat(flag, span, out written),
            byte number => Utf8Formatter.TryFormat(number, span, out written),
            sbyte number => Utf8Formatter.TryFormat(number, span, out written),
            short number => Utf8Formatter.TryFormat(number, span, out written),
            ushort number => Utf8Formatter.TryFormat(number, span, out written),
            int number => Utf8Formatter.TryFormat(number, span, out written),
            uint number => Utf8Formatter.TryFormat(number, span, out written),
            long number => Utf8Formatter.TryFormat(number, span, out written),
            ulong number => Utf8Formatter.TryFormat(number, span, out written),
            float number => Utf8Formatter.TryFormat(number, span, out written),
            double number => Utf8Formatter.TryFormat(number, span, out written),
            decimal number => Utf8Formatter.TryFormat(number, span, out written),
            _ => known = false,
        };
        if (known)
            bufferWriter.Advance(written);
        else
            (_next ?? throw new NatsException($"Can't serialize {typeof(T)}")).Serialize(bufferWriter, value);
    }

    public T? Deserialize(in ReadOnlySequence<byte> buffer)
    {
        if (typeof(T) == typeof(string))
            return buffer.IsEmpty ? default : (T)(object)Encoding.UTF8.GetString(buffer);
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        if (!IsKnown(type))
            return _next is null ? throw new NatsException($"Can't deserialize {typeof(T)}") : _next.Deserialize(buffer);
        if (buffer.IsEmpty)
            return default;
        ReadOnlySpan<byte> text = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        return (T)(Parse(type, text) ?? throw new NatsException($"Can't deserialize {typeof(T)}. Parsing error"));
    }

    private static bool IsKnown(Type type) => type.IsPrimitive && type != typeof(char) && type != typeof(nint) && type != typeof(nuint)
        || type == typeof(decimal) || type == typeof(Guid) || type == typeof(TimeSpan) || type == typeof(DateTime) || type == typeof(DateTimeOffset);

    private static object? Parse(Type type, ReadOnlySpan<byte> text)
    {
        if (type == typeof(int))
            return Utf8Parser.TryParse(text, out int number, out _) ? number : null;
        if (type == typeof(long))
            return Utf8Parser.TryParse(text, out long number, out _) ? number : null;
        if (type == typeof(ulong))
            return Utf8Parser.TryParse(text, out ulong number, out _) ? number : null;
        if (type == typeof(uint))
            return Utf8Parser.TryParse(text, out uint number, out _) ? number : null;
        if (type == typeof(short))
            return Utf8Parser.TryParse(text, out short number, out _) ? number : null;
        if (type == typeof(ushort))
            return Utf8Parser.TryParse(text, out ushort number, out _) ? number : null;
        if (type == typeof(byte))
            return Utf8Parser.TryParse(text, out byte number, out _) ? number : null;
        if (type == typeof(sbyte))
            return Utf8Parser.TryParse(text, out sbyte number, out _) ? number : null;
        if (type == typeof(double))
            return Utf8Parser.TryParse(text, out double number, out _) ? number : null;
        if (type == typeof(float))
            return Utf8Parser.TryParse(text, out float number, out _) ? number : null;
        if (type == typeof(decimal))
            return Utf8Parser.TryParse(text, out decimal number, out _) ? number : null;
        if (type == typeof(bool))
            return Utf8Parser.TryParse(text, out bool flag, out _) ? flag : null;
        if (type == typeof(Guid))
            return Utf8Parser.TryParse(text, out Guid guid, out _) ? guid : null;
        if (type == typeof(TimeSpan))
            return Utf8Parser.TryParse(text, out TimeSpan time, out _) ? time : null;
        if (type == typeof(DateTime))
            return Utf8Parser.TryParse(text, out DateTime date, out _, Iso.Symbol) ? date : null;
        return Utf8Parser.TryParse(text, out DateTimeOffset moment, out _, Iso.Symbol) ? moment : null;
    }
}
