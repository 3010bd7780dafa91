using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Api.Log;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.IntegrationTests;

/// <summary>Idempotency keys of what only an older log has: the newer one recognises none of them, and Postgres does not know them yet.</summary>
public sealed class KeysOfOlderLogs(LogAndDatabase parts) : IClassFixture<LogAndDatabase>
{
    // Half of them find all places taken, and wait for their turn.
    private const int Askers = 8;

    [Fact]
    public async Task Whoever_asks_at_once_with_many_others_waits_for_the_turn_and_is_told_of_the_comment()
    {
        var streamId = await parts.NewStreamAsync();
        var uses = new List<KeyUse>();
        for (var number = 0; number < Askers; number++)
        {
            var use = new KeyUse(streamId, "ada", string.Create(CultureInfo.InvariantCulture, $"key-{number}"), string.Create(CultureInfo.InvariantCulture, $"message-{number}"));
            uses.Add(use);
            var comment = new Comment { Id = string.Create(CultureInfo.InvariantCulture, $"{1_000 + number}"), StreamId = streamId, UserId = "ada", Username = "ada", Content = use.Key, CreatedAt = 1, ReceivedAt = 1 };
            await parts.AppendAsync(streamId, LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment), new NatsHeaders { [LogHeaders.MessageId] = use.MessageId });
        }

        await using var nats = new NatsConnection(new NatsOpts { Url = parts.Nats.Url });
        var jetStream = new NatsJSContext(nats);
        var ended = await jetStream.UpdateStreamAsync((await jetStream.GetStreamAsync(LogSubjects.StreamName(0, 1))).Info.Config with { Sealed = true });
        var next = await jetStream.CreateStreamAsync(new StreamConfig(LogSubjects.StreamName(0, 2), [LogSubjects.AllOf(0, 2)]) { AllowDirect = true });
        var logs = new CurrentLog();
        logs.Set(new LogHandle(0, 2, next) { Older = [new LogHandle(0, 1, ended)] });
        using var keys = new UsedKeys(parts.Database, logs, Options.Create(new LogOptions()), TimeProvider.System, NullLogger<UsedKeys>.Instance);

        // A machine so busy that a search takes longer than anybody's patience is asked again.
        KeyAnswer[] answers = [];
        await Eventually.UntilAsync("all are told at once", async () =>
        {
            answers = await Task.WhenAll(uses.ConvertAll(use => keys.FindAsync(use, toTheEnd: false, CancellationToken.None)));
            return answers.All(answer => answer is not KeyAnswer.NoAnswer);
        });
        Assert.Equal(uses.ConvertAll(use => use.Key), answers.Select(answer => Assert.IsType<KeyAnswer.Found>(answer).Comment.Content));
        // And who asks for what nobody has is told so, not that nobody can be asked.
        Assert.Equal(KeyAnswer.New, await keys.FindAsync(new KeyUse(streamId, "ada", "another", "another"), toTheEnd: false, CancellationToken.None));
    }
}
