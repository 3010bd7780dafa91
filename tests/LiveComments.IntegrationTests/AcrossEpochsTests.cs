using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>What appends and the persister do while one epoch ends and the next begins, step by step, over real servers.</summary>
public sealed class AcrossEpochsTests : IAsyncLifetime
{
    private const string StreamId = "s";

    private readonly NatsServer _server = new();
    private readonly CurrentLog _current = new();
    private NatsConnection _nats = null!;
    private NatsJSContext _jetStream = null!;
    private LogStreams _streams = null!;
    private LogTrust _trust = null!;
    private LogAppender _appender = null!;
    private LogHandle _first = null!;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<PersistenceMetrics>().BuildServiceProvider();

    private PersistenceMetrics Metrics => _services.GetRequiredService<PersistenceMetrics>();

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _nats = new NatsConnection(new NatsOpts { Url = _server.Url });
        _jetStream = new NatsJSContext(_nats);
        _streams = new LogStreams(_jetStream, Options.Create(new LogOptions()));
        _trust = new LogTrust(_current, TimeProvider.System);
        _appender = new LogAppender(_jetStream, _trust, NullLogger<LogAppender>.Instance);
        _first = await _streams.MakeAsync(0, 1, [], CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _nats.DisposeAsync();
        await _server.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task An_append_to_a_sealed_log_goes_to_the_next_epoch()
    {
        Confirm(_first, end: 0);
        Assert.Equal(new Cursor(1, 1), await StoredAsync("one"));
        var append = await SealAndAppendAsync("two");
        await Eventually.UntilAsync("the refusal is a doubt", () => _trust.Doubts > 0);
        Confirm(await SecondAsync(), end: 0);
        Assert.Equal(new AppendResult.Stored(new Cursor(2, 1)), await Eventually.WithinAsync("the append", append));
    }

    [Fact]
    public async Task An_acknowledgement_with_a_sequence_that_was_known_is_not_believed()
    {
        // The log once had 500 entries.
        Confirm(_first, end: 500);
        var append = AppendAsync("one");
        await Eventually.UntilAsync("the proof", () => _trust.ProvenBackwards == 1);
        Assert.False(append.IsCompleted);
        Confirm(await SecondAsync(), end: 0);
        Assert.Equal(new AppendResult.Stored(new Cursor(2, 1)), await Eventually.WithinAsync("the append", append));
    }

    [Fact]
    public async Task An_acknowledgement_across_a_doubt_counts_once_the_log_is_confirmed()
    {
        Confirm(_first, end: 0);
        _server.Pause();
        var append = AppendAsync("one");
        _trust.Doubt(isConnected: true);
        _server.Resume();
        var end = await Eventually.GetAsync("the entry is stored", async () => await _first.AtAsync(1, CancellationToken.None));
        Assert.False(append.IsCompleted);
        Confirm(_first, end.Sequence);
        Assert.Equal(new AppendResult.Stored(new Cursor(1, 1)), await Eventually.WithinAsync("the append", append));
    }

    [Fact]
    public async Task The_persister_ends_the_old_epoch_before_it_goes_on_with_the_new_one()
    {
        await using var postgres = new PostgresServer();
        await postgres.StartAsync();
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        using var persister = new Persister(database, _current, new CommentScorer(), _trust, Metrics, TimeProvider.System, NullLogger<Persister>.Instance);
        Confirm(_first, end: 0);
        await AppendStreamAsync();
        for (var id = 1; id <= 5; id++)
            await AppendCommentAsync(id);
        _current.Set(_first);
        await persister.StartAsync(CancellationToken.None);
        await Eventually.UntilAsync("five comments", async () => (await IdsAsync(database)).Count == 5);

        // The new log begins while entries of the old one are still to be written, and takes one of them over.
        await persister.StopAsync(CancellationToken.None);
        await AppendCommentAsync(6);
        await AppendCommentAsync(7);
        var second = await SecondAsync();
        Confirm(second, end: 0);
        await AppendStreamAsync();
        await AppendCommentAsync(7, carriedFrom: new Cursor(1, 8));
        await AppendCommentAsync(8);
        _current.Set(second);
        using var next = new Persister(database, _current, new CommentScorer(), _trust, Metrics, TimeProvider.System, NullLogger<Persister>.Instance);
        await next.StartAsync(CancellationToken.None);
        await Eventually.UntilAsync("all comments", async () => (await IdsAsync(database)).Count == 8);
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7, 8], await IdsAsync(database));
        await Eventually.UntilAsync("the offset is in the new epoch", async () => await OffsetAsync(database) == "2-3");

        // And on, from one to the next, while it runs.
        var third = await _streams.MakeAsync(0, 3, [_first, await _streams.SealAsync(second, CancellationToken.None)], CancellationToken.None);
        Confirm(third, end: 0);
        await AppendCommentAsync(9);
        _current.Set(third);
        await Eventually.UntilAsync("the comment of the third epoch", async () => (await IdsAsync(database)).Count == 9);
        Assert.Equal("3-1", await OffsetAsync(database));
        await next.StopAsync(CancellationToken.None);
    }

    private void Confirm(LogHandle log, ulong end) => Assert.True(_trust.Confirm(log, end, _trust.Doubts));

    private async Task<LogHandle> SecondAsync() =>
        await _streams.MakeAsync(0, 2, [await _streams.SealAsync(await RefreshedAsync(), CancellationToken.None)], CancellationToken.None);

    private async Task<LogHandle> RefreshedAsync()
    {
        await _first.Stream.RefreshAsync(CancellationToken.None);
        return _first;
    }

    private async Task<Task<AppendResult>> SealAndAppendAsync(string text)
    {
        await _streams.SealAsync(await RefreshedAsync(), CancellationToken.None);
        return AppendAsync(text);
    }

    private Task<AppendResult> AppendAsync(string text) =>
        _appender.AppendAsync(StreamId, "test", JsonSerializer.SerializeToUtf8Bytes(text), MessageId.Of(text), [], mustBeFirst: false, CancellationToken.None);

    private async Task<Cursor> StoredAsync(string text) => Assert.IsType<AppendResult.Stored>(await AppendAsync(text)).Cursor;

    private async Task AppendStreamAsync()
    {
        var stream = new LiveStream { Id = StreamId, Title = "t", CreatorId = "c", Status = StreamStatus.Live, StartedAt = 1_700_000_000_000 };
        Assert.IsType<AppendResult.Stored>(await _appender.AppendAsync(
            StreamId, LogEventTypes.StreamCreated, JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream), MessageId.Of("created"), [], mustBeFirst: true, CancellationToken.None));
    }

    private async Task AppendCommentAsync(int id, Cursor? carriedFrom = null)
    {
        var text = id.ToString(CultureInfo.InvariantCulture);
        var comment = new Comment { Id = text, StreamId = StreamId, UserId = "u", Username = "u", Content = text, Mentions = [], CreatedAt = 1_700_000_000_000 + id, ReceivedAt = 1_700_000_000_000 + id };
        NatsHeaders headers = [];
        if (carriedFrom is { } cursor)
            headers[LogHeaders.CarriedFrom] = cursor.ToString();
        Assert.IsType<AppendResult.Stored>(await _appender.AppendAsync(
            StreamId, LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment), MessageId.Of(text), headers, mustBeFirst: false, CancellationToken.None));
    }

    private static async Task<List<long>> IdsAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select id from comments order by epoch, log_sequence");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<long>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    private static async Task<string?> OffsetAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select epoch || '-' || sequence from log_offsets");
        return await command.ExecuteScalarAsync() as string;
    }
}
