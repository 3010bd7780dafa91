using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Socket arguments that can be awaited, one operation at a time, and used again afterwards.</summary>
/// <remarks>
/// Start an operation; when it says that it completed at once, call <see cref="Complete"/>; then await.
/// The end may be told twice (<see cref="Abort"/> and the socket's own): the first one counts.
/// </remarks>
public class SocketAwaitableEventArgs : SocketAsyncEventArgs, ICriticalNotifyCompletion
{
    private static readonly Action Over = static () => { };
    private readonly PipeScheduler? _scheduler;
    // Null: under way, nobody waits. Over: over. Anything else: who waits.
    private Action? _continuation;
    private SocketError _forced = SocketError.Success;

    public SocketAwaitableEventArgs(PipeScheduler? ioScheduler = null) : base(true) =>
        // Inline is the default way of a callback; a hop would add nothing.
        _scheduler = ioScheduler == PipeScheduler.Inline ? null : ioScheduler;

    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _continuation), Over);

    public SocketAwaitableEventArgs GetAwaiter() => this;

    /// <summary>The bytes moved. Makes the arguments ready for their next operation.</summary>
    public int GetResult()
    {
        Volatile.Write(ref _continuation, null);
        var forced = _forced;
        _forced = SocketError.Success;
        if (forced != SocketError.Success)
            throw new SocketException((int)forced);
        return SocketError == SocketError.Success ? BytesTransferred : throw new SocketException((int)SocketError);
    }

    public void OnCompleted(Action continuation)
    {
        var previous = Interlocked.CompareExchange(ref _continuation, continuation, null);
        if (ReferenceEquals(previous, Over))
            Run(continuation);
        else if (previous is not null)
            throw new InvalidOperationException("Only one can await these arguments.");
    }

    public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);

    /// <summary>Tells that the operation is over.</summary>
    public void Complete()
    {
        var waiting = Interlocked.Exchange(ref _continuation, Over);
        if (waiting is not null && !ReferenceEquals(waiting, Over))
            Run(waiting);
    }

    /// <summary>Ends the wait with <paramref name="error"/>, whatever becomes of the operation.</summary>
    public void Abort(SocketError error = SocketError.OperationAborted)
    {
        if (error == SocketError.Success)
            throw new ArgumentException("Success is no error.", nameof(error));
        _forced = error;
        Complete();
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => Complete();

    private void Run(Action continuation)
    {
        if (_scheduler is null)
            continuation();
        else
            _scheduler.Schedule(static state => ((Action)state!)(), continuation);
    }
}
