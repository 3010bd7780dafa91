using System.Buffers;
using System.Text.Json;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream.Internal;

/// <summary>A reply of the JetStream API: what was asked for, or an error. Neither, when nobody answered.</summary>
internal readonly record struct ApiReply<T>(T? Value, ApiError? Error);

internal sealed class ApiReplyReader<T> : INatsDeserialize<ApiReply<T>>
{
    public static readonly ApiReplyReader<T> Default = new();

    public ApiReply<T> Deserialize(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty)
            return default;
        return FindError(buffer) is { } error ? new(default, error) : new(NatsJSJsonSerializer<T>.Default.Deserialize(buffer), null);
    }

    // {"type":"...","error":{"code":404,...}}
    private static ApiError? FindError(in ReadOnlySequence<byte> buffer)
    {
        var reader = new Utf8JsonReader(buffer);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var isError = reader.ValueTextEquals("error"u8);
            reader.Read();
            if (isError)
                return JsonSerializer.Deserialize(ref reader, JetStreamJson.Default.ApiError);
            reader.Skip();
        }

        return null;
    }
}

/// <summary>Reads <c>{"stream":"LOG","seq":5,"duplicate":true}</c>. Hot path: once for each acknowledged publish.</summary>
internal sealed class PubAckReader : INatsDeserialize<PubAckResponse>
{
    public static readonly PubAckReader Default = new();

    // Nearly all acknowledgements of a process name the same stream.
    private string? _lastStream;

    public PubAckResponse? Deserialize(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty)
            return null;
        var ack = new PubAckResponse();
        var reader = new Utf8JsonReader(buffer);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                var known = _lastStream;
                ack.Stream = known is not null && reader.ValueTextEquals(known) ? known : _lastStream = reader.GetString();
            }
            else if (reader.ValueTextEquals("seq"u8))
            {
                reader.Read();
                ack.Seq = reader.GetUInt64();
            }
            else if (reader.ValueTextEquals("duplicate"u8))
            {
                reader.Read();
                ack.Duplicate = reader.GetBoolean();
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                ack.Error = JsonSerializer.Deserialize(ref reader, JetStreamJson.Default.ApiError);
            }
            else if (reader.ValueTextEquals("domain"u8))
            {
                reader.Read();
                ack.Domain = reader.GetString();
            }
            else if (reader.ValueTextEquals("val"u8))
            {
                reader.Read();
                ack.Value = reader.GetString();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return ack;
    }
}
