using System.Collections.Concurrent;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.ServiceLevels;
using NATS.Client.Core;

namespace LiveComments.Api.ServiceLevels;

/// <summary>
/// Asks all processes how a stream is served, and adds up what they say. Nobody knows how many will answer, so all are given
/// the same moment; whoever asks meanwhile, and a second later, shares the answer.
/// </summary>
sealed class ServiceLevelsReading(INatsConnection nats, TimeProvider clock)
{
    // An answer takes a millisecond or two; a process that is busy for longer is left out, as the count of processes tells.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    // To send the question while the connection is away.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(1);

    // Answers of the last second that are kept for who asks next; so many broadcasters at once ask for their own.
    private const int MaxShared = 1_000;

    private const int MaxAnswers = 1_000;

    private readonly ConcurrentDictionary<string, (Task<StreamSlo?> Answer, long AskedAt)> _shared = new(StringComparer.Ordinal);

    /// <summary>Null when nobody could be asked.</summary>
    public async Task<StreamSlo?> ReadAsync(string streamId, CancellationToken cancellationToken)
    {
        if (_shared.TryGetValue(streamId, out var shared) && clock.GetElapsedTime(shared.AskedAt) < Freshness)
            return await shared.Answer.WaitAsync(cancellationToken);
        if (_shared.Count >= MaxShared)
            _shared.Clear();
        var answer = AskAsync(streamId);
        _shared[streamId] = (answer, clock.GetTimestamp());
        return await answer.WaitAsync(cancellationToken);
    }

    private async Task<StreamSlo?> AskAsync(string streamId)
    {
        var answers = new List<NodeLevels>();
        using var timeout = new CancellationTokenSource(AskTimeout, clock);
        try
        {
            var inbox = nats.NewInbox();
            await using var replies = await nats.SubscribeCoreAsync<byte[]>(inbox, cancellationToken: timeout.Token);
            var question = JsonSerializer.SerializeToUtf8Bytes(new LevelsQuestion(streamId), LevelsJson.Default.LevelsQuestion);
            await nats.PublishAsync(LevelsSubjects.Question, question, replyTo: inbox, cancellationToken: timeout.Token);
            using var enough = new CancellationTokenSource(AnswerTime, clock);
            try
            {
                while (answers.Count < MaxAnswers)
                {
                    var reply = await replies.Msgs.ReadAsync(enough.Token);
                    if (JsonSerializer.Deserialize(reply.Data ?? [], LevelsJson.Default.NodeLevels) is { } levels)
                        answers.Add(levels);
                }
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
            }
        }
        catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException or IOException)
        {
            return null;
        }

        return Together(streamId, answers, clock.GetUtcNow());
    }

    /// <summary>What several processes say, as one.</summary>
    public static StreamSlo Together(string streamId, IReadOnlyCollection<NodeLevels> answers, DateTimeOffset now)
    {
        // Each node sends each comment and leaves out the same ones: added up they would count as often as there are nodes.
        var busiest = answers.MaxBy(node => node.Comments);
        var (comments, omitted) = (busiest?.Comments ?? 0, busiest?.Omitted ?? 0);
        // The window begins with a whole minute, four before this one.
        var minute = now.ToUnixTimeSeconds() / 60 * 60;
        return new StreamSlo(
            streamId, (minute - (long)NodeLevels.Window.TotalSeconds + 60) * 1000, now.ToUnixTimeMilliseconds(),
            Figures(answers.Select(node => node.Delivery)), Figures(answers.Select(node => node.Painted)), Figures(answers.Select(node => node.Retraction)),
            answers.Sum(node => node.GapsRepaired), comments, omitted, comments == 0 ? 0 : Math.Round((double)omitted / comments, 4), answers.Count);
    }

    private static LatencyFigures Figures(IEnumerable<IReadOnlyList<long>> histograms)
    {
        var sum = new long[LatencyBuckets.Count];
        foreach (var histogram in histograms)
        {
            for (var bucket = 0; bucket < Math.Min(histogram.Count, sum.Length); bucket++)
                sum[bucket] += histogram[bucket];
        }

        return new LatencyFigures(sum.Sum(), LatencyBuckets.Quantile(sum, 0.5), LatencyBuckets.Quantile(sum, 0.95), LatencyBuckets.Quantile(sum, 0.99));
    }
}
