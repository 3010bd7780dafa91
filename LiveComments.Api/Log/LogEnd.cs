using System.Text;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.Api.Log;

/// <summary>
/// Whether a log's end is what nats-server says it is. One that finds its newest block damaged (a flipped bit, a record that a power
/// cut left half written) drops the damaged record and what came after it, counts the record as the last one all the same, and
/// then acknowledges entries behind it that nobody can read: seen with nats-server 2.9.10.
/// </summary>
static class LogEnd
{
    // nats-server's code for a sequence that has no entry.
    private const int NoMessageFound = 10037;

    /// <summary>True when the last entry, which has not aged away, can't be read: what is appended behind it would be lost.</summary>
    public static async Task<bool> IsDamagedAsync(this LogHandle log, CancellationToken cancellationToken)
    {
        var end = log.Stream.Info.State.LastSeq;
        if (end == 0 || await log.HasAsync(end, cancellationToken))
            return false;
        // It may have aged away since.
        await log.Stream.RefreshAsync(cancellationToken);
        return log.Stream.Info.State.FirstSeq <= end;
    }

    /// <summary>True when an entry of that epoch, which has not aged away, is not where it was: the log lost it, whatever else lies there now.</summary>
    public static async Task<bool> HasLostAsync(this LogHandle log, KnownEntry entry, CancellationToken cancellationToken)
    {
        if (await log.HasAsync(entry.Place.Sequence, entry.MessageId, cancellationToken))
            return false;
        await log.Stream.RefreshAsync(cancellationToken);
        return log.Stream.Info.State.FirstSeq <= entry.Place.Sequence;
    }

    /// <summary>The last entry of an ended log that can be read; what lies behind it can't, and would be waited for in vain.</summary>
    /// <param name="log">Takes no entries any more.</param>
    /// <param name="after">Nothing up to here is asked for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<ulong> LastReadableAsync(this LogHandle log, ulong after, CancellationToken cancellationToken)
    {
        var state = log.Stream.Info.State;
        var (readable, unreadable) = (Math.Max(after, state.FirstSeq == 0 ? 0 : state.FirstSeq - 1), state.LastSeq);
        if (readable >= unreadable || await log.HasAsync(unreadable, cancellationToken))
            return Math.Max(readable, unreadable);
        while (unreadable - readable > 1)
        {
            var middle = readable + ((unreadable - readable) / 2);
            if (await log.HasAsync(middle, cancellationToken))
                readable = middle;
            else
                unreadable = middle;
        }

        return readable;
    }

    /// <summary>True when the entry is there, and is the one with that message id.</summary>
    public static async Task<bool> HasAsync(this LogHandle log, ulong sequence, string messageId, CancellationToken cancellationToken)
    {
        try
        {
            var headers = (await log.Stream.GetAsync(new StreamMsgGetRequest { Seq = sequence }, cancellationToken)).Message.Hdrs;
            return headers is not null && Encoding.UTF8.GetString(Convert.FromBase64String(headers)).Contains($"{LogHeaders.MessageId}: {messageId}\r\n", StringComparison.OrdinalIgnoreCase);
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == NoMessageFound)
        {
            return false;
        }
    }

    /// <summary>How far a stream's entries are to be looked for; null when it has none.</summary>
    /// <remarks>
    /// An ended log may have been left because its end is damaged; the server then says of a stream whose newest entry that was that it has none
    /// at all. So it is looked through to the end of everybody's.
    /// </remarks>
    public static async Task<ulong?> EndOfAsync(this LogHandle log, string streamId, CancellationToken cancellationToken) =>
        !log.Stream.Info.Config.Sealed ? (await log.LastAsync(streamId, cancellationToken))?.Sequence
        : log.Stream.Info.State.LastSeq is > 0 and var end ? end : null;

    // Not a direct get: a replica that lags behind lacks the newest entry, too.
    private static async Task<bool> HasAsync(this LogHandle log, ulong sequence, CancellationToken cancellationToken)
    {
        try
        {
            await log.Stream.GetAsync(new StreamMsgGetRequest { Seq = sequence }, cancellationToken);
            return true;
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == NoMessageFound)
        {
            return false;
        }
    }
}
