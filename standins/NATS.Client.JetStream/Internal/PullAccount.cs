using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream.Internal;

/// <summary>
/// Counts what was asked for and is not taken by the reader yet: under way or queued. It never exceeds the limits, so that
/// the queue can't overflow; at the threshold, more is due.
/// </summary>
internal sealed class PullAccount(PullLimits limits)
{
    private readonly Lock _gate = new();
    private long _openMsgs = limits.MaxMsgs;
    private long _openBytes = limits.MaxBytes;

    /// <summary>So much was taken, or will not come. True: ask for this now.</summary>
    public bool Settle(long msgs, long bytes, out ConsumerGetnextRequest request)
    {
        lock (_gate)
        {
            _openMsgs = Math.Max(0, _openMsgs - msgs);
            _openBytes = Math.Max(0, _openBytes - bytes);
            var isByBytes = limits.MaxBytes > 0;
            var moreMsgs = isByBytes ? limits.MaxMsgs : limits.MaxMsgs - _openMsgs;
            var moreBytes = limits.MaxBytes - _openBytes;
            var isDue = isByBytes ? _openBytes <= limits.ThresholdBytes && moreBytes > 0 : _openMsgs <= limits.ThresholdMsgs && moreMsgs > 0;
            request = Request(moreMsgs, moreBytes);
            if (isDue)
                (_openMsgs, _openBytes) = (limits.MaxMsgs, limits.MaxBytes);
            return isDue;
        }
    }

    /// <summary>Nothing is under way any more, and so much is queued: what to ask for.</summary>
    public ConsumerGetnextRequest StartOver(int queued)
    {
        lock (_gate)
        {
            (_openMsgs, _openBytes) = (limits.MaxMsgs, limits.MaxBytes);
            return Request(limits.MaxBytes > 0 ? limits.MaxMsgs : Math.Max(1, limits.MaxMsgs - queued), limits.MaxBytes);
        }
    }

    public ConsumerGetnextRequest Request(long msgs, long bytes) =>
        new() { Batch = msgs, MaxBytes = bytes, Expires = limits.Expires, IdleHeartbeat = limits.IdleHeartbeat };
}
