using System.Text.Json;
using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Internal;

/// <summary>The server counts time in nanoseconds; a tick is a hundred of them.</summary>
internal sealed class NatsJSJsonNanosecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromTicks(reader.GetInt64() / TimeSpan.NanosecondsPerTick);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Ticks * TimeSpan.NanosecondsPerTick);
}

internal sealed class NatsJSJsonNanosecondsListConverter : JsonConverter<ICollection<TimeSpan>>
{
    public override ICollection<TimeSpan> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var times = new List<TimeSpan>();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
            times.Add(TimeSpan.FromTicks(reader.GetInt64() / TimeSpan.NanosecondsPerTick));
        return times;
    }

    public override void Write(Utf8JsonWriter writer, ICollection<TimeSpan> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var time in value)
            writer.WriteNumberValue(time.Ticks * TimeSpan.NanosecondsPerTick);
        writer.WriteEndArray();
    }
}

/// <summary>Nanoseconds, where -1 says that there was no activity yet.</summary>
internal sealed class NatsJSJsonActivityConverter : JsonConverter<TimeSpan?>
{
    public override TimeSpan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetInt64() is >= 0 and var nanoseconds ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick) : null;

    public override void Write(Utf8JsonWriter writer, TimeSpan? value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value is { } time ? time.Ticks * TimeSpan.NanosecondsPerTick : -1);
}

/// <summary>The server wants a moment with a Z.</summary>
internal sealed class NatsJSJsonUtcConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
}
