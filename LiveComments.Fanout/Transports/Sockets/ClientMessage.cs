using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>A client's message, of which only the type has been looked at.</summary>
sealed class ClientMessage : IDisposable
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.MaxJsonDepth, AllowDuplicateProperties = false };

    private readonly JsonDocument _document;

    private ClientMessage(JsonDocument document, string type) => (_document, Type) = (document, type);

    /// <summary>One of <see cref="ClientMessageTypes"/>, or something else.</summary>
    public string Type { get; }

    /// <summary>Null when it isn't <c>{"type":"…", …}</c>.</summary>
    /// <param name="utf8">Must stay as it is until the message is disposed.</param>
    public static ClientMessage? Read(ReadOnlyMemory<byte> utf8)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(utf8, Strict);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String)
            {
                var message = new ClientMessage(document, type.GetString()!);
                document = null;
                return message;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string in it that is no text.
        }
        finally
        {
            document?.Dispose();
        }

        return null;
    }

    /// <summary>Null when the payload isn't what the type promises.</summary>
    public T? Payload<T>(JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return _document.RootElement.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.Object ? payload.Deserialize(type) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _document.Dispose();
}
