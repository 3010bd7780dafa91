using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Comments;

/// <summary>The newest comments of the streams that are read most: kept here, looked up in Redis, made from the log.</summary>
/// <remarks>
/// 1. Whoever reads a stream asks the log for its last entry, so what was acknowledged before is always there.
/// 2. One reader asks for all who come meanwhile: those who came before it asked share its answer, those who came after
///    share the next one. So a stream costs at most one look at a time, however many read it.
/// 3. What lies behind the window is read and added. A window that isn't here comes from Redis, or from the log.
/// 4. Now and then the copy in Redis is brought up to date; nobody waits for that.
/// </remarks>
sealed class RecentComments(RecentWindowStore store, TimeProvider clock)
{
    // Of all windows together, some 80 MB. When they are more, the streams that were read least lately make room.
    private const int MaxComments = 100_000;

    // Many small streams, or ones that have no comments at all: some 10 MB.
    private const int MaxStreams = 20_000;

    // So much room is made at once that looking for it is rare.
    private const int ForgottenAtOnce = 8;

    // A window that lags further behind the log is made anew.
    private const int MaxTail = RecentWindow.MaxComments;

    // Of each window, some 30 KB.
    private const int MaxChanges = 2000;

    // Readers wait for the log no longer than for any other answer of it.
    private static readonly TimeSpan Timeout = LogConnection.RequestTimeout;

    // The copy in Redis may lag by so much: it is only a shorter way to the same.
    private static readonly TimeSpan CopyInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private int _comments;

    /// <summary>The window, with everything that the log had when this was called.</summary>
    public Task<RecentWindow> ReadAsync(LogHandle log, string streamId, CancellationToken cancellationToken)
    {
        Task<RecentWindow> answer;
        lock (_lock)
        {
            var slot = SlotOf_NeedsLock(streamId);
            slot.UsedAt = clock.GetTimestamp();
            if (slot.Running is null or { IsCompleted: true } && slot.Next is null)
                answer = slot.Running = LookAsync(log, streamId, slot);
            else
                answer = slot.Next ??= LookAfterAsync(slot.Running, log, streamId, slot);
        }

        return answer.WaitAsync(cancellationToken);
    }

    /// <summary>Whether nothing before the place is in the window, by what is known here already.</summary>
    public bool IsBelow(LogHandle log, string streamId, Cursor place)
    {
        if (place.Epoch != log.Epoch)
            return place.Epoch < log.Epoch;
        lock (_lock)
            return _slots.TryGetValue(streamId, out var slot) && slot.Window is { IsWhole: false } window && window.Epoch == place.Epoch && place.Sequence <= window.Floor;
    }

    private Slot SlotOf_NeedsLock(string streamId)
    {
        if (_slots.TryGetValue(streamId, out var known))
            return known;
        MakeRoom_NeedsLock();
        return _slots[streamId] = new Slot();
    }

    private void MakeRoom_NeedsLock()
    {
        if (_slots.Count < MaxStreams && _comments < MaxComments)
            return;
        foreach (var (streamId, slot) in _slots.OrderBy(slot => slot.Value.UsedAt).Take(_slots.Count / ForgottenAtOnce + 1).ToList())
        {
            _slots.Remove(streamId);
            _comments -= slot.Counted;
            slot.IsForgotten = true;
        }
    }

    private void Keep(Slot slot, RecentWindow window)
    {
        lock (_lock)
        {
            slot.Window = window;
            if (slot.IsForgotten)
                return;
            _comments += window.Comments.Count - slot.Counted;
            slot.Counted = window.Comments.Count;
        }
    }

    private async Task<RecentWindow> LookAfterAsync(Task? running, LogHandle log, string streamId, Slot slot)
    {
        if (running is not null)
            await running.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
            (slot.Running, slot.Next) = (slot.Next, null);
        return await LookAsync(log, streamId, slot);
    }

    private async Task<RecentWindow> LookAsync(LogHandle log, string streamId, Slot slot)
    {
        // Not the caller's token: others share the answer.
        using var timeout = new CancellationTokenSource(Timeout, clock);
        try
        {
            // Never on the caller's thread, which holds the lock.
            await Task.Yield();
            var window = slot.Window is { } known && known.Epoch == log.Epoch ? known : null;
            if (window is null && (window = await store.ReadAsync(log.Epoch, streamId)) is not null)
                (slot.Since, slot.Copied) = (window.Through, window.Through);
            var last = await log.LastAsync(streamId, timeout.Token);
            window = WithoutOldChanges(await UpToAsync(window, last?.Sequence ?? 0, log, streamId, slot, timeout.Token), slot);
            Keep(slot, window);
            CopyNowAndThen(streamId, window, slot);
            return window;
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException("The log does not answer.", exception);
        }
    }

    private static async Task<RecentWindow> UpToAsync(RecentWindow? window, ulong last, LogHandle log, string streamId, Slot slot, CancellationToken cancellationToken)
    {
        if (window?.Through == last)
            return window;
        if (window is not null && window.Through < last && await log.RangeAsync(streamId, window.Through + 1, last, MaxTail, cancellationToken) is { } tail)
            return window.With(tail, last);
        var newest = last == 0 ? [] : await log.NewestAsync(streamId, last, MaxTail, cancellationToken);
        slot.Since = last;
        return RecentWindow.Of(log.Epoch, newest, last, areAll: newest.Count < MaxTail);
    }

    private void CopyNowAndThen(string streamId, RecentWindow window, Slot slot)
    {
        if (slot.Copying is { IsCompleted: false } || slot.Copied == window.Through || window.Through == 0 || clock.GetElapsedTime(slot.CopiedAt) < CopyInterval)
            return;
        slot.CopiedAt = clock.GetTimestamp();
        slot.Copying = CopyAsync();

        async Task CopyAsync() => slot.Copied = await store.WriteAsync(streamId, window, slot.Since, slot.Copied) ?? slot.Copied;
    }

    /// <summary>Without changes that every copy must have by now, or that are too many to be kept: a copy that has not got them is replaced.</summary>
    private static RecentWindow WithoutOldChanges(RecentWindow window, Slot slot)
    {
        if (window.Changes.Count <= MaxChanges)
            return window;
        slot.Since = window.Through;
        return window with { Changes = [] };
    }

    /// <summary>What is known of a stream. Changed by the one look that runs, but for what needs the lock.</summary>
    private sealed class Slot
    {
        public Task<RecentWindow>? Running { get; set; }

        public Task<RecentWindow>? Next { get; set; }

        public long UsedAt { get; set; }

        public RecentWindow? Window { get; set; }

        /// <summary>Comments that count against the bound for this stream; needs the lock.</summary>
        public int Counted { get; set; }

        /// <summary>Whoever still looks for it counts no more; needs the lock.</summary>
        public bool IsForgotten { get; set; }

        /// <summary>The window knows the changes behind this entry.</summary>
        public ulong Since { get; set; }

        /// <summary>How far the copy in Redis goes, as far as is known.</summary>
        public ulong? Copied { get; set; }

        public long CopiedAt { get; set; }

        public Task? Copying { get; set; }
    }
}
