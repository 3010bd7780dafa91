using LiveComments.ServiceDefaults.Log;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.Api.Log;

/// <summary>
/// Entries that are missing amid a log. Nothing is ever deleted there but from the beginning, by age: so between the first entry and the last there is
/// one for each sequence, unless the server's files were damaged. nats-server finds that out when it reads there for somebody, whom it gives what comes behind the
/// hole; from then on its counts are right, and it says nothing more: seen with 2.9.10.
/// </summary>
static class LogHoles
{
    // In a log line.
    private const int MostNamed = 20;

    /// <summary>How many sequences between the first entry and the last have none.</summary>
    public static ulong MissingEntries(this StreamState state)
    {
        var first = Math.Max(state.FirstSeq, 1);
        // Of an empty log the next entry is the first.
        return state.LastSeq < first ? 0 : state.LastSeq - first + 1 - Math.Min((ulong)state.Messages, state.LastSeq - first + 1);
    }

    /// <summary>Which they are, for a person: the first few, as the server names them.</summary>
    public static async Task<string> NameMissingAsync(this LogHandle log, INatsJSContext jetStream, CancellationToken cancellationToken)
    {
        var stream = await jetStream.GetStreamAsync(log.Stream.Info.Config.Name!, new StreamInfoRequest { DeletedDetails = true }, cancellationToken);
        List<long> missing = [.. (stream.Info.State.Deleted ?? []).Union(stream.Info.State.Lost?.Msgs ?? []).Order()];
        if (missing.Count == 0)
            return "not said by the server";
        var named = string.Join(", ", missing.Take(MostNamed));
        return missing.Count > MostNamed ? $"{named} …" : named;
    }
}
