using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>A WebSocket as a browser opens one.</summary>
sealed class SocketClient : LiveClient
{
    private readonly ClientWebSocket _socket = new();
    private HttpMessageInvoker? _invoker;

    /// <summary>The code with which the service closed it.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    public string? SubProtocol => _socket.SubProtocol;

    public static async Task<SocketClient> OpenAsync(Uri node, string path, string? token = null, string? origin = null, string? subProtocol = LiveSocket.SubProtocol, bool http2 = false)
    {
        var client = new SocketClient();
        if (subProtocol is not null)
            client._socket.Options.AddSubProtocol(subProtocol);
        if (token is not null)
            client._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        if (origin is not null)
            client._socket.Options.SetRequestHeader("Origin", origin);
        client._socket.Options.CollectHttpResponseDetails = true;
        if (http2)
        {
            client._invoker = new HttpMessageInvoker(new SocketsHttpHandler());
            (client._socket.Options.HttpVersion, client._socket.Options.HttpVersionPolicy) = (new Version(2, 0), HttpVersionPolicy.RequestVersionExact);
        }

        try
        {
            await Eventually.WithinAsync("the WebSocket opens", client._socket.ConnectAsync(new Uri($"ws://{node.Authority}{path}"), client._invoker, CancellationToken.None));
            return client;
        }
        catch (WebSocketException exception)
        {
            throw new HttpRequestException(exception.Message, exception, client._socket.HttpStatusCode);
        }
    }

    public Task SendAsync<T>(string type, T payload, JsonTypeInfo<T> typeInfo) =>
        SendTextAsync($"{{\"type\":\"{type}\",\"payload\":{JsonSerializer.Serialize(payload, typeInfo)}}}");

    public Task SendTextAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type, bool endOfMessage = true) =>
        await Eventually.WithinAsync("the message is sent", _socket.SendAsync(bytes, type, endOfMessage, CancellationToken.None));

    public Task JoinAsync(string streamId, string? cursor = null, string? lastSeenCommentId = null) =>
        SendAsync(ClientMessageTypes.JoinStream, new JoinStream(streamId, cursor, lastSeenCommentId), ContractsJson.Default.JoinStream);

    public Task PostAsync(string streamId, string? content, string? key, string? parentId = null) =>
        SendAsync(ClientMessageTypes.PostComment, new PostToStream(streamId, content, key, parentId), ContractsJson.Default.PostToStream);

    public async Task<Ack> NextAckAsync() => (await NextOfTypeAsync(ServerMessageTypes.Ack)).Payload.Deserialize(ContractsJson.Default.Ack)!;

    public async Task<ServerError> NextErrorAsync() => (await NextOfTypeAsync(ServerMessageTypes.Error)).Payload.Deserialize(ContractsJson.Default.ServerError)!;

    public override async Task<LiveMessage> NextAsync(string what)
    {
        while (true)
        {
            var text = await Eventually.WithinAsync(what, ReceiveAsync(what));
            using var message = JsonDocument.Parse(text);
            if (message.RootElement.TryGetProperty("cursor", out var cursor))
                Cursor = cursor.GetString();
            if (message.RootElement.GetProperty("type").GetString() is { } type and not ServerMessageTypes.CursorMoved)
                return new LiveMessage(type, message.RootElement.GetProperty("payload").Clone());
        }
    }

    /// <summary>Reads on until the service closes, and answers the close.</summary>
    public async Task<int?> UntilClosedAsync()
    {
        try
        {
            while (true)
                await NextAsync("the close");
        }
        catch (EndOfStreamException)
        {
            return CloseCode;
        }
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _invoker?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AnswerCloseAsync()
    {
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // Whoever breaks the protocol itself is not waited for.
        }
    }

    private async Task<byte[]> ReceiveAsync(string what)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            ValueWebSocketReceiveResult piece;
            try
            {
                piece = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            }
            catch (WebSocketException exception)
            {
                throw new EndOfStreamException($"The connection was cut before: {what}.", exception);
            }

            if (piece.MessageType == WebSocketMessageType.Close)
            {
                await AnswerCloseAsync();
                throw new EndOfStreamException($"Closed with {CloseCode} before: {what}.");
            }

            message.Write(buffer, 0, piece.Count);
            if (piece.EndOfMessage)
                return message.ToArray();
        }
    }
}
