using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Npgsql;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>A log, a database and Redis without any Api: a test writes the entries, and moves the persister as far as it wants.</summary>
public sealed class LogAndDatabase : IAsyncLifetime
{
    private NatsConnection? _nats;
    private NpgsqlConnection? _connection;
    private long _lastId = 1;

    public NatsServer Nats { get; } = new();

    public PostgresServer Postgres { get; } = new();

    public RedisServer Redis { get; } = new();

    public NpgsqlDataSource Database { get; private set; } = null!;

    public IConnectionMultiplexer RedisConnection { get; private set; } = null!;

    public LogHandle Log { get; private set; } = null!;

    public CurrentLog CurrentLog { get; } = new();

    internal LogWriter Writer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Nats.StartAsync(), Postgres.StartAsync(), Redis.StartAsync());
        _nats = new NatsConnection(new NatsOpts { Url = Nats.Url });
        var stream = await new NatsJSContext(_nats).CreateStreamAsync(new StreamConfig(LogSubjects.StreamName(0, 1), [LogSubjects.AllOf(0, 1)]) { AllowDirect = true });
        CurrentLog.Set(Log = new LogHandle(0, 1, stream));
        RedisConnection = await ConnectionMultiplexer.ConnectAsync($"{Redis.ConnectionString},allowAdmin=true");
        Database = NpgsqlDataSource.Create(Postgres.ConnectionString);
        // It answers a knock before it lets anybody in.
        _connection = await Eventually.GetAsync<NpgsqlConnection>("Postgres lets us in", async () => await Database.OpenConnectionAsync());
        await Migrations.ApplyAsync(_connection, CancellationToken.None);
        Writer = LogWriter.Open(_connection, Log, offset: null);
    }

    public async Task DisposeAsync()
    {
        await _connection!.DisposeAsync();
        await Database.DisposeAsync();
        await RedisConnection.DisposeAsync();
        await _nats!.DisposeAsync();
        await Nats.DisposeAsync();
        await Postgres.DisposeAsync();
        await Redis.DisposeAsync();
    }

    /// <summary>As a persister that begins now: from the offset at which <see cref="Writer"/> is.</summary>
    internal LogWriter OpenWriter(bool hasEnded) => LogWriter.Open(_connection!, Log, new Cursor(Log.Epoch, Writer.Offset), hasEnded: hasEnded);

    /// <summary>All entries behind <see cref="Writer"/>'s offset, up to that one.</summary>
    public async Task<IReadOnlyList<LogEntry>> ReadAsync(ulong through)
    {
        var entries = new List<LogEntry>();
        for (var sequence = Writer.Offset + 1; sequence <= through; sequence++)
            entries.Add(await Log.AtAsync(sequence, CancellationToken.None) ?? throw new InvalidOperationException($"There is no entry {sequence}."));
        return entries;
    }

    public async Task<string> NewStreamAsync()
    {
        var id = $"stream-{Interlocked.Increment(ref _lastId)}";
        var stream = new LiveStream { Id = id, Title = "A test", CreatorId = "creator", Status = StreamStatus.Live, StartedAt = 1_790_000_000_000 };
        await AppendAsync(id, LogEventTypes.StreamCreated, JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream));
        return id;
    }

    /// <param name="streamId">The stream.</param>
    /// <param name="parentId">Of a reply.</param>
    /// <param name="id">A new one unless given.</param>
    /// <param name="key">The author's key.</param>
    /// <param name="username">What the author is called at the time.</param>
    public async Task<(Comment Comment, ulong Sequence)> PostAsync(string streamId, string? parentId = null, string? id = null, string? key = null, string username = "ada")
    {
        id ??= Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        var comment = new Comment { Id = id, StreamId = streamId, UserId = "ada", Username = username, Content = $"comment {id}", ParentId = parentId, CreatedAt = 1_790_000_000_000, ReceivedAt = 1_790_000_000_000 };
        var headers = new NatsHeaders();
        if (key is not null)
            headers[LogHeaders.IdempotencyKey] = key;
        return (comment, await AppendAsync(streamId, LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment), headers));
    }

    public Task<ulong> DeleteAsync(string streamId, string commentId, ulong sequence) => AppendAsync(
        streamId, LogEventTypes.CommentDeleted, JsonSerializer.SerializeToUtf8Bytes(new CommentRemoved(streamId, commentId), ContractsJson.Wire.CommentRemoved),
        new NatsHeaders { [LogHeaders.Removes] = new Cursor(1, sequence).ToString() });

    public async Task<ulong> AppendAsync(string streamId, string type, byte[] body, NatsHeaders? headers = null)
    {
        headers ??= [];
        headers[LogHeaders.EventType] = type;
        var ack = await new NatsJSContext(_nats!).PublishAsync(LogSubjects.Append(0, 1, streamId), body, headers: headers);
        ack.EnsureSuccess();
        return ack.Seq;
    }

    /// <summary>Writes the log into Postgres up to that entry, in batches of any size.</summary>
    public async Task PersistAsync(ulong through, int batchSize = LogBatches.MaxEntries)
    {
        if (through <= Writer.Offset)
            return;
        var consumer = await Log.Stream.CreateOrderedConsumerAsync(new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = Writer.Offset + 1 });
        var batch = new List<LogEntry>();
        await foreach (var message in consumer.ConsumeAsync<byte[]>())
        {
            batch.Add(LogEntry.From(message));
            if (batch.Count < batchSize && batch[^1].Sequence < through)
                continue;
            await Writer.WriteAsync(batch, CancellationToken.None);
            batch.Clear();
            if (Writer.Offset >= through)
                return;
        }
    }
}
