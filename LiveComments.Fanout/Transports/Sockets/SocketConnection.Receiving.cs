using System.Net.WebSockets;
using LiveComments.Contracts;
using LiveComments.Fanout.Places;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Sockets;

/// <content>What the client says.</content>
sealed partial class SocketConnection
{
    // Somebody who tries things out by hand is told each time what is wrong; a machine that goes on is not talked to for ever.
    private const int MaxInvalidMessages = 10;

    private int _invalidMessages;
    private Speaker? _speaker;
    private ITimer? _expiry;

    /// <summary>Reads and handles messages until the client closes, or says something after which there is no going on.</summary>
    private async Task ReceiveAsync()
    {
        using var input = new SocketInput(socket, clock);
        try
        {
            while (true)
            {
                switch (await input.NextAsync(_closing.Token))
                {
                    case not Received.Close when _ended.Task.IsCompleted:
                        // Only the client's close is waited for now. Unread, the rest would cut off our own close on its way.
                        break;
                    case Received.Text:
                        await HandleAsync(input.Message);
                        break;
                    case Received.Close:
                        End(CloseReason.Left);
                        return;
                    case Received.TooBig:
                        End(CloseReason.MessageTooBig);
                        break;
                    default:
                        End(CloseReason.InvalidMessages);
                        break;
                }
            }
        }
        catch (Exception exception) when (IsGone(exception))
        {
            End(CloseReason.Left);
        }
    }

    private async Task HandleAsync(ReadOnlyMemory<byte> text)
    {
        using var message = ClientMessage.Read(text);
        switch (message?.Type)
        {
            case ClientMessageTypes.JoinStream when message.Payload(ContractsJson.Default.JoinStream) is { StreamId: { } streamId } join:
                await JoinAsync(streamId, join);
                break;
            case ClientMessageTypes.LeaveStream:
                await StopWatchingAsync();
                break;
            case ClientMessageTypes.PostComment when message.Payload(ContractsJson.Default.PostToStream) is { StreamId: not null } post && IdempotencyKeys.IsValid(post.IdempotencyKey):
                await QueueAsync(() => PostAsync(post, post.IdempotencyKey!));
                break;
            case ClientMessageTypes.React when message.Payload(ContractsJson.Default.React) is { StreamId: not null, ReactionType: not null } react && (react.IdempotencyKey is null || IdempotencyKeys.IsValid(react.IdempotencyKey)):
                await QueueAsync(() => ReactAsync(react));
                break;
            case ClientMessageTypes.Authenticate when message.Payload(ContractsJson.Default.Authenticate) is { Token: { } token }:
                await AuthenticateAsync(token);
                break;
            default:
                await RefuseAsync(message?.Type);
                break;
        }
    }

    private async Task JoinAsync(string streamId, JoinStream join)
    {
        if (!ResumePoint.TryParse(join.Cursor, join.LastSeenCommentId, out var from))
        {
            await SendAsync(new ServerError(ErrorCodes.CursorInvalid, ResumePoint.CursorRule, false));
            return;
        }

        switch (await joining.JoinAsync(streamId, from, _speaker?.User, _closing.Token))
        {
            case JoinResult.Joined joined:
                await StopWatchingAsync();
                StartWatching(joined);
                break;
            case JoinResult.Banned(var why):
                await SendAsync(new ServerError(ErrorCodes.Banned, why, false));
                break;
            case JoinResult.NoSuchStream:
                await SendAsync(new ServerError(ErrorCodes.StreamNotFound, Joining.NoSuchStreamText, false));
                break;
            case JoinResult.Stopping:
                await SendAsync(new ServerError(ErrorCodes.Unavailable, Joining.StoppingText, true) { RetryAfterMs = ComeBack.AfterMs() });
                break;
            default:
                await SendAsync(new ServerError(ErrorCodes.Unavailable, Joining.AwayText, true));
                break;
        }
    }

    private async Task AuthenticateAsync(string token)
    {
        if (await Speaker.FromAsync(token, scopes) is not { } speaker)
            await SendAsync(new ServerError(ErrorCodes.Unauthorized, "The token is not valid.", false));
        else if (!door.TryBecome(place, speaker.User.Id))
            await SendAsync(new ServerError(ErrorCodes.TooManyConnections, Door.TooManyOfUser, true));
        else
            await BecomeAsync(speaker);
    }

    private async Task BecomeAsync(Speaker speaker)
    {
        // First, so that a ban that comes while it is asked for is not missed.
        SpeakAs(speaker);
        if (_stay is not { } stay)
            return;
        stay.Become(speaker.User.Id);
        if (await joining.RefusalAsync(stay.Room.StreamId, speaker.User, _closing.Token) is not { } why)
            return;
        await SendAsync(new ServerError(ErrorCodes.Banned, why, false));
        End(CloseReason.Banned);
    }

    /// <summary>From now on; a newer token takes the place of one that is about to expire.</summary>
    private void SpeakAs(Speaker? speaker)
    {
        _speaker = speaker;
        _expiry?.Dispose();
        _expiry = null;
        if (speaker is null)
            return;
        var left = speaker.ValidUntil - clock.GetUtcNow();
        // A timer takes no more than 49 days; no token that lives so long is worth a second one.
        if (left < TimeSpan.FromMilliseconds(uint.MaxValue - 1))
            _expiry = clock.CreateTimer(static connection => ((SocketConnection)connection!).End(CloseReason.Expired), this, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task RefuseAsync(string? type)
    {
        var text = type switch
        {
            null => "Not a message: send JSON such as {\"type\":\"join_stream\",\"payload\":{\"streamId\":\"…\"}}.",
            ClientMessageTypes.JoinStream => "'join_stream' needs a 'streamId'.",
            ClientMessageTypes.PostComment => $"'post_comment' needs 'streamId', 'content' and an 'idempotencyKey' of 1 to {Limits.MaxIdempotencyKeyLength} printable ASCII characters.",
            ClientMessageTypes.React => $"'react' needs 'streamId' and 'reactionType'; an 'idempotencyKey' has 1 to {Limits.MaxIdempotencyKeyLength} printable ASCII characters.",
            ClientMessageTypes.Authenticate => "'authenticate' needs a 'token'.",
            _ => "There is no message of that type.",
        };
        await SendAsync(new ServerError(ErrorCodes.InvalidMessage, text, false));
        if (++_invalidMessages >= MaxInvalidMessages)
            End(CloseReason.InvalidMessages);
    }

    private Task SendAsync(ServerError error) => SendAsync(MessageEncoding.Json(ServerMessageTypes.Error, error, ContractsJson.Wire.ServerMessageServerError));

    private async Task SendAsync(ReadOnlyMemory<byte> message) => await _output.SendAsync([message]);
}
