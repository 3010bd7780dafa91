using LiveComments.Contracts;
using LiveComments.Fanout.Api;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Sockets;

/// <content>Posts and reactions, which Api decides about: one after the other, so that a user's comments keep their order.</content>
sealed partial class SocketConnection
{
    // More posts than this in flight, and the next message is not read before Api has answered them.
    private const int MaxQueued = 8;

    private Task _work = Task.CompletedTask;
    private int _queued;

    private async ValueTask QueueAsync(Func<Task> work)
    {
        if (Volatile.Read(ref _queued) >= MaxQueued)
            await _work;
        Interlocked.Increment(ref _queued);
        _work = RunAfterAsync(_work, work);
    }

    private async Task RunAfterAsync(Task before, Func<Task> work)
    {
        await before;
        try
        {
            await work();
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // The client went away; whether the post was stored, it can ask with the same key.
        }
        finally
        {
            Interlocked.Decrement(ref _queued);
        }
    }

    private async Task PostAsync(PostToStream post, string key)
    {
        using var trace = SocketTrace.Begin(ClientMessageTypes.PostComment);
        var answer = _speaker?.Bearer is { } bearer ? await api.PostAsync(post, key, bearer, _closing.Token) : ApiAnswer.NobodySpeaks;
        if (answer.IsUndecided)
        {
            await SendAsync(answer.Error(key));
            return;
        }

        var ack = new Ack
        {
            IdempotencyKey = key,
            Status = answer.Status switch
            {
                StatusCodes.Status201Created => answer.IsHeld ? AckStatus.Held : AckStatus.Accepted,
                StatusCodes.Status429TooManyRequests => AckStatus.RateLimited,
                _ => AckStatus.Rejected,
            },
            CommentId = answer.CommentId,
            RetryAfterMs = answer.Status == StatusCodes.Status429TooManyRequests ? answer.RetryAfterMs : null,
            Code = answer.Code,
            Message = answer.Message,
        };
        await SendAsync(MessageEncoding.Json(ServerMessageTypes.Ack, ack, ContractsJson.Wire.ServerMessageAck));
    }

    private async Task ReactAsync(React react)
    {
        using var trace = SocketTrace.Begin(ClientMessageTypes.React);
        var answer = _speaker?.Bearer is { } bearer ? await api.ReactAsync(react, bearer, _closing.Token) : ApiAnswer.NobodySpeaks;
        if (!answer.IsSuccess)
            await SendAsync(answer.Error(react.IdempotencyKey));
    }
}
