using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>A viewer whose connection stays the web server's; its request waits until the writer thread lets go of the socket.</summary>
sealed class AttachedViewer(Frame at, SignedIn? who) : DirectViewer(at, who)
{
    private readonly TaskCompletionSource<(CloseReason Reason, bool Whole)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<(CloseReason Reason, bool Whole)> ClosedAsync => _closed.Task;

    protected override void OnClosed(CloseReason reason, bool whole) => _closed.SetResult((reason, whole));
}
