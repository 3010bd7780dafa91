using System.Net.Sockets;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>What is sent to one viewer at a time, by the socket's own methods.</summary>
sealed partial class WriterThread
{
    private static readonly byte[] Heartbeat = HttpChunk.Of(SseViewer.Heartbeat);
    private static readonly byte[] Expired = HttpChunk.Of(SseViewer.Expired);

    /// <summary>Gives a viewer without a place every frame that it has not got, as far as its socket takes them; then it gets one.</summary>
    public void CatchUp(DirectViewer viewer)
    {
        while (viewer.State == ViewerState.Ready)
        {
            if (IsExpired(viewer))
            {
                CloseExpired(viewer);
            }
            else if (viewer.At!.Next.IsCanceled)
            {
                Close(viewer, CloseReason.RoomClosed, whole: true);
            }
            else if (viewer.Slice.TryEnter(viewer))
            {
                return;
            }
            else if (viewer.At.NextIfAny is { } frame)
            {
                viewer.At = frame;
                var sent = TrySend(viewer, viewer.Slice.ChunkOf(frame, viewer));
                if (frame.DismissalOf(viewer.Who?.User) is null)
                    continue;
                if (sent)
                    Close(viewer, CloseReason.Banned, whole: true);
                else
                    viewer.Ending = CloseReason.Banned;
            }
            else
            {
                viewer.Slice.WaitApart(viewer);
                return;
            }
        }
    }

    /// <summary>
    /// Sends what is left after the first <paramref name="sent"/> bytes. False when the socket doesn't take all of it: then
    /// the viewer has left its place, and is blocked or closed.
    /// </summary>
    public bool TrySend(DirectViewer viewer, byte[] bytes, int sent = 0)
    {
        // A frame that is for somebody else alone.
        if (sent == bytes.Length)
            return true;
        viewer.LastSentTick = Now;
        SocketError error;
        try
        {
            sent += viewer.Send(bytes, sent, out error);
        }
        catch (ObjectDisposedException)
        {
            // The connection was closed under us, by its owner.
            Close(viewer, CloseReason.Left, whole: false);
            return false;
        }

        if (sent == bytes.Length)
            return true;
        if (error is SocketError.WouldBlock or SocketError.Success)
            Block(viewer, bytes, sent);
        else
            Close(viewer, CloseReason.Left, whole: false);
        return false;
    }

    private void Block(DirectViewer viewer, byte[] bytes, int sent)
    {
        viewer.Slice.Leave(viewer);
        viewer.State = ViewerState.Blocked;
        viewer.BlockedTick = Now;
        _blocked.Add(viewer);
        if (!viewer.Keeps(bytes, sent))
            _ = SendRestAsync(viewer, bytes.AsMemory(sent));
    }

    private async Task SendRestAsync(DirectViewer viewer, ReadOnlyMemory<byte> rest)
    {
        var kind = MessageKind.Writable;
        try
        {
            while (!rest.IsEmpty)
                rest = rest[await viewer.Socket.SendAsync(rest, SocketFlags.None)..];
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            kind = MessageKind.Gone;
        }

        Post(new Message(kind, viewer));
    }

    /// <summary>What a blocked viewer had not taken has been taken.</summary>
    public void OnWritable(DirectViewer viewer)
    {
        if (viewer.State != ViewerState.Blocked)
            return;
        viewer.State = ViewerState.Ready;
        _blocked.Remove(viewer);
        if (viewer.Ending is { } reason)
            Close(viewer, reason, whole: true);
        else if (viewer.At!.NextIfAny is { } next && Clock.GetElapsedTime(next.CreatedAt) > SlowReaders.MaxLag)
            Close(viewer, CloseReason.TooSlow, whole: true);
        else
            CatchUp(viewer);
    }

    private void SendHeartbeat(DirectViewer viewer)
    {
        if (viewer.State == ViewerState.Closed)
            return;
        // Looked at after each thing that is sent: in a room where nothing happens, this is it.
        if (viewer.State == ViewerState.Ready && Now - viewer.Slice.LastSentTickOf(viewer) >= _patience && TrySend(viewer, Heartbeat) && IsExpired(viewer))
            CloseExpired(viewer);
        if (viewer.State != ViewerState.Closed)
            _wheel.Add(viewer, viewer.Slice.LastSentTickOf(viewer), Now);
    }

    private bool IsExpired(DirectViewer viewer) => viewer.Who is { } who && Clock.GetUtcNow() >= who.ValidUntil;
}
