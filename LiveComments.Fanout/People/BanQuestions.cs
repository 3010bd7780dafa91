using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Fanout.People;

/// <summary>Asks Api who is banned from where they watch. When nobody answers, nobody is: posting is refused all the same, and it is asked again.</summary>
sealed partial class BanQuestions(INatsConnection nats, CurrentLog currentLog, TimeProvider clock, ILogger<BanQuestions> logger)
{
    // A healthy answer takes a millisecond or two. Nobody who wants to watch is kept waiting longer for an Api that is away.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>What the user is told who comes to watch and is banned there; null for nearly everybody.</summary>
    public async ValueTask<string?> RefusalAsync(string streamId, User? viewer, CancellationToken cancellationToken)
    {
        // Who moderates all streams is banned from none.
        if (viewer is not { Role: Roles.User })
            return null;
        var found = await AskAsync(new BanQuestion([new BanCase(streamId, viewer.Id)]) { AreArriving = true }, cancellationToken);
        return found.Count > 0 ? found[0].Message : null;
    }

    /// <summary>Those of the question who are banned; none when there is no answer.</summary>
    public async Task<IReadOnlyList<BanFound>> AskAsync(BanQuestion question, CancellationToken cancellationToken)
    {
        if (currentLog.Handle is not { } log)
            return [];
        using var late = new CancellationTokenSource(Patience, clock);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(question, PeopleJson.Default.BanQuestion);
            var reply = await nats.RequestAsync<byte[], byte[]>(PeopleSubjects.Bans(log.Shard), body, cancellationToken: timeout.Token);
            return JsonSerializer.Deserialize(reply.Data ?? [], PeopleJson.Default.BanAnswer)?.Found ?? [];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException or JsonException)
        {
            NotAnswered(exception.Message);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Information, "Nobody says who is banned; it is asked again later. {Reason}")]
    private partial void NotAnswered(string reason);
}
