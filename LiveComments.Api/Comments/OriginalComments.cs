using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Comments;

/// <summary>Finds the comment that an idempotency key led to before, where somebody remembers its place in the log.</summary>
sealed class OriginalComments(CurrentLog currentLog, UsedKeys usedKeys)
{
    /// <summary>What the log itself says is the original; null when it has no such entry.</summary>
    public async Task<KeyAnswer.Found?> AtAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        var current = await currentLog.WaitAsync(cancellationToken);
        return current.Of(cursor.Epoch) is { } log && await log.AtAsync(cursor.Sequence, cancellationToken) is { } entry ? UsedKeys.FoundIn(entry, log) : null;
    }

    /// <summary>
    /// What was remembered to lie at <paramref name="seenAt"/>. <see cref="KeyAnswer.NotFound"/> when it was lost with the end
    /// of an epoch, and nobody has it.
    /// </summary>
    public async Task<KeyAnswer> FindAsync(KeyUse use, Cursor seenAt, CancellationToken cancellationToken)
    {
        var current = await currentLog.WaitAsync(cancellationToken);
        if (current.Of(seenAt.Epoch) is { } log
            && await log.AtAsync(seenAt.Sequence, cancellationToken) is { } entry
            // A log that went backwards may have given the place to another.
            && entry.StreamId == use.StreamId && LogEntry.Header(entry.Headers, LogHeaders.IdempotencyKey) == use.Key)
            return UsedKeys.FoundIn(entry, log);
        var answer = await usedKeys.FindAsync(use, toTheEnd: true, cancellationToken);
        return answer is KeyAnswer.NotFound && seenAt.Epoch >= current.Epoch ? KeyAnswer.Nobody : answer;
    }
}
