using System.Diagnostics;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.IntegrationTests;

/// <summary>
/// What can be read of a log whose last entry is damaged is read without a wait. nats-server 2.9 that had the seconds to note how far its file goes believes that note when it starts:
/// it counts the damaged entry as waiting to be read, and never gives it.
/// </summary>
public sealed class DamagedReadingTests : IAsyncLifetime
{
    private const string Stream = "s";
    private const string Quiet = "q";
    private const ulong Entries = 80;

    // A pull that is never answered is given up by the client after 30 s.
    private static readonly TimeSpan Unanswered = TimeSpan.FromSeconds(20);

    private readonly NatsServer _nats = new();
    private NatsConnection? _connection;

    public Task InitializeAsync() => _nats.StartAsync();

    public async Task DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        await _nats.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_that_can_be_read_of_it_is_read_at_once(bool isNoted)
    {
        await WriteAsync();
        if (isNoted)
            await Eventually.UntilAsync("nats-server has noted how far its file goes", () => _nats.HasNotedItsEnd);
        await _nats.KillAsync();
        _nats.FlipBit(back: 100, bit: 0);
        await _nats.StartAsync();
        var log = new LogHandle(0, 1, await Context().GetStreamAsync(LogSubjects.StreamName(0, 1)));
        Assert.Equal(Entries, log.Stream.Info.State.LastSeq);
        ulong[] readable = [.. Enumerable.Range(1, (int)Entries - 1).Select(sequence => (ulong)sequence).Where(sequence => sequence != 1)];

        var began = Stopwatch.GetTimestamp();
        Assert.Equal(readable, Of(await log.RangeAsync(Stream, 1, Entries, 1_000, CancellationToken.None)));
        Assert.Equal(readable[^10..], Of(await log.NewestAsync(Stream, Entries, 10, CancellationToken.None)));
        Assert.Equal(readable[..10], Of(await log.OldestAsync(Stream, 1, Entries, 10, CancellationToken.None)));
        var pieces = await log.BackwardsAsync(Stream, Entries, CancellationToken.None).ToListAsync();
        Assert.Equal(readable, Of([.. pieces.AsEnumerable().Reverse().SelectMany(piece => piece)]));
        // Nothing is left but what can't be read.
        Assert.Empty((await log.RangeAsync(Stream, Entries, Entries, 1_000, CancellationToken.None))!);
        Assert.Equal([1ul], Of(await log.RangeAsync(Quiet, 1, Entries, 1_000, CancellationToken.None)));
        Assert.True(Stopwatch.GetElapsedTime(began) < Unanswered, "Somebody waited for what never comes.");
    }

    private static IEnumerable<ulong> Of(IReadOnlyList<LogEntry>? entries) => entries!.Select(entry => entry.Sequence);

    private NatsJSContext Context() => new(_connection ??= new NatsConnection(new NatsOpts { Url = _nats.Url }));

    private async Task WriteAsync()
    {
        var context = Context();
        await context.CreateStreamAsync(new StreamConfig(LogSubjects.StreamName(0, 1), [LogSubjects.AllOf(0, 1)]) { AllowDirect = true });
        for (var entry = 1ul; entry <= Entries; entry++)
        {
            var answer = await context.PublishAsync(
                LogSubjects.Append(0, 1, entry == 1 ? Quiet : Stream), new byte[200], headers: new NatsHeaders { [LogHeaders.EventType] = LogEventTypes.CommentPosted });
            answer.EnsureSuccess();
        }
    }
}
