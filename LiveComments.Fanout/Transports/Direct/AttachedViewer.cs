using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>A viewer whose connection stays the web server's; its request waits until the writer thread lets go of the socket.</summary>
sealed class AttachedViewer(Frame at) : DirectViewer(at)
{
    private readonly TaskCompletionSource<(CloseReason Reason, bool Whole)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<(CloseReason Reason, bool Whole)> ClosedAsync => _closed.Task;

    public override void OnClosed(CloseReason reason, bool whole) => _closed.SetResult((reason, whole));
}
