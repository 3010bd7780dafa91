using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NATS.Client.Core;

public sealed class NatsJsonContextSerializerRegistry : INatsSerializerRegistry
{
    private readonly JsonSerializerContext[] _contexts;

    public NatsJsonContextSerializerRegistry(params JsonSerializerContext[] contexts) => _contexts = contexts;

    public INatsSerialize<T> GetSerializer<T>() => new NatsJsonContextSerializer<T>(_contexts);

    public INatsDeserialize<T> GetDeserializer<T>() => new NatsJsonContextSerializer<T>(_contexts);
}

/// <summary>JSON of the types that source-generated contexts know.</summary>
public sealed class NatsJsonContextSerializer<T> : INatsSerializer<T>
{
    // Kept for each thread: a publish of JSON needs no new writer.
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private readonly JsonSerializerContext[] _contexts;
    private readonly INatsSerializer<T>? _next;
    private readonly JsonTypeInfo<T>? _typeInfo;

    public NatsJsonContextSerializer(JsonSerializerContext[] contexts, INatsSerializer<T>? next = default)
    {
        _contexts = contexts;
        _next = next;
        _typeInfo = contexts.Select(context => context.GetTypeInfo(typeof(T))).OfType<JsonTypeInfo<T>>().FirstOrDefault();
    }

    public NatsJsonContextSerializer(JsonSerializerContext context, INatsSerializer<T>? next = default)
        : this([context], next)
    {
    }

    public INatsSerializer<T> CombineWith(INatsSerializer<T> next) => new NatsJsonContextSerializer<T>(_contexts, next);

    public void Serialize(IBufferWriter<byte> bufferWriter, T value)
    {
        if (_typeInfo is null)
        {
            (_next ?? throw new NatsException($"Can't serialize {typeof(T)}")).Serialize(bufferWriter, value);
            return;
        }

        var writer = _writer ?? new Utf8JsonWriter(bufferWriter);
        _writer = null;
        writer.Reset(bufferWriter);
        JsonSerializer.Serialize(writer, value, _typeInfo);
        writer.Flush();
        writer.Reset(Stream.Null);
        _writer = writer;
    }

    public T? Deserialize(in ReadOnlySequence<byte> buffer)
    {
        if (_typeInfo is null)
            return _next is null ? throw new NatsException($"Can't deserialize {typeof(T)}") : _next.Deserialize(buffer);
        if (buffer.IsEmpty)
            return default;
        var reader = new Utf8JsonReader(buffer);
        return JsonSerializer.Deserialize(ref reader, _typeInfo);
    }
}
