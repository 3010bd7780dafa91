using System.Globalization;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.UnitTests.Rooms;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.UnitTests.Feed;

/// <summary>The log of one epoch, with one stream's entries among those of others, republished to every node.</summary>
sealed class FakeLog(int epoch, IReadOnlyList<FakeNetwork> networks)
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private readonly string _subject = LogSubjects.Append(0, epoch, RoomEntries.StreamId);
    private readonly string _live = LogSubjects.Live(0, epoch, RoomEntries.StreamId);
    private ulong _sequence;
    private ulong _lastOfStream;

    public int Epoch => epoch;

    /// <summary>How many consumers were ever made.</summary>
    public int Readers { get; private set; }

    /// <summary>Those that the server still has to look after.</summary>
    public HashSet<string> OpenReaders { get; } = [];

    /// <summary>What is left of the stream, in order.</summary>
    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries];
        }
    }

    /// <summary>The log as a node with that network sees it.</summary>
    public LogHandle HandleFor(FakeNetwork network) => new(0, epoch, Answering.As<INatsJSStream>((name, arguments) => name switch
    {
        nameof(INatsJSStream.GetDirectAsync) => network.AskAsync(() => Get((StreamMsgGetRequest)arguments[0]!)),
        nameof(INatsJSStream.CreateOrUpdateConsumerAsync) => network.AskAsync(() => Consumer((ConsumerConfig)arguments[0]!, network)),
        nameof(INatsJSStream.DeleteConsumerAsync) => network.AskAsync(() => OpenReaders.Remove((string)arguments[0]!)),
        nameof(INatsJSStream.RefreshAsync) => ValueTask.CompletedTask,
        "get_" + nameof(INatsJSStream.Info) => new StreamInfo { Config = new StreamConfig(), State = new NATS.Client.JetStream.Models.StreamState { FirstSeq = 1 } },
        _ => throw new NotSupportedException(name),
    }));

    /// <summary>Entries of other streams.</summary>
    public void AppendOthers(int count) => _sequence += (ulong)count;

    public LogEntry Append(Func<ulong, LogEntry> make)
    {
        lock (_lock)
        {
            var made = make(++_sequence);
            var headers = made.Headers ?? [];
            headers[LogHeaders.EventType] = made.EventType;
            headers[LogHeaders.Sequence] = made.Sequence.ToString(CultureInfo.InvariantCulture);
            var entry = made with { Headers = headers };
            _entries.Add(entry);
            var republished = new NatsHeaders { [LogHeaders.LastSequence] = _lastOfStream.ToString(CultureInfo.InvariantCulture) };
            foreach (var (name, value) in headers)
                republished[name] = value;
            _lastOfStream = entry.Sequence;
            foreach (var network in networks)
                network.Publish(_live, republished, entry.Body.ToArray());
            return entry;
        }
    }

    public void AppendCreated() => Append(sequence =>
    {
        var stream = new LiveStream { Id = RoomEntries.StreamId, Title = "t", CreatorId = "creator", Status = StreamStatus.Live, StartedAt = 1 };
        return new LogEntry(RoomEntries.StreamId, sequence, LogEventTypes.StreamCreated, JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream), null);
    });

    public LogEntry AppendComment(long id, string userId = "u", long createdAt = 1, string? carriedFrom = null) => Append(sequence =>
    {
        var comment = RoomEntries.CommentOf(sequence, userId, createdAt) with { Id = id.ToString(CultureInfo.InvariantCulture) };
        var headers = carriedFrom is null ? null : new NatsHeaders { [LogHeaders.CarriedFrom] = carriedFrom };
        return new LogEntry(RoomEntries.StreamId, sequence, LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment), headers);
    });

    public void AppendRemoval(long id, Cursor target) => Append(sequence => new LogEntry(
        RoomEntries.StreamId,
        sequence,
        LogEventTypes.CommentDeleted,
        JsonSerializer.SerializeToUtf8Bytes(new CommentRemoved(RoomEntries.StreamId, id.ToString(CultureInfo.InvariantCulture)), ContractsJson.Wire.CommentRemoved),
        new NatsHeaders { [LogHeaders.Removes] = target.ToString() }));

    /// <summary>The entry is gone for good, as no entry should ever be.</summary>
    public LogEntry Lose(int index)
    {
        lock (_lock)
        {
            var lost = _entries[index];
            _entries.RemoveAt(index);
            return lost;
        }
    }

    private NatsMsg<byte[]> Get(StreamMsgGetRequest request)
    {
        lock (_lock)
        {
            var entry = request switch
            {
                { LastBySubj: { } last } => last == _subject ? _entries.LastOrDefault() : null,
                { NextBySubj: { } next } => next == _subject ? _entries.Find(entry => entry.Sequence >= request.Seq) : null,
                _ => _entries.Find(entry => entry.Sequence == request.Seq),
            };
            return entry is null ? NotFound() : new NatsMsg<byte[]>("inbox", null, 0, WithSubject(entry.Headers!), entry.Body.ToArray(), null);
        }
    }

    private NatsHeaders WithSubject(NatsHeaders headers)
    {
        var all = new NatsHeaders { ["Nats-Subject"] = _subject };
        foreach (var (name, value) in headers)
            all[name] = value;
        return all;
    }

    // Only the client itself sets a status.
    private static NatsMsg<byte[]> NotFound()
    {
        var headers = new NatsHeaders();
        typeof(NatsHeaders).GetProperty(nameof(NatsHeaders.Code))!.SetValue(headers, 404);
        return new NatsMsg<byte[]>("inbox", null, 0, headers, null, null);
    }

    private INatsJSConsumer Consumer(ConsumerConfig config, FakeNetwork network)
    {
        var pending = new Queue<LogEntry>(Entries.Where(entry => entry.Sequence >= config.OptStartSeq));
        Readers++;
        OpenReaders.Add(config.Name!);
        var info = new ConsumerInfo { StreamName = LogSubjects.StreamName(0, epoch), Name = config.Name!, Config = config, NumPending = (ulong)pending.Count };
        return Answering.As<INatsJSConsumer>((name, arguments) => name switch
        {
            "get_" + nameof(INatsJSConsumer.Info) => info,
            nameof(INatsJSConsumer.FetchNoWaitAsync) => FetchAsync(pending, ((NatsJSFetchOpts)arguments[0]!).MaxMsgs ?? int.MaxValue, network),
            _ => throw new NotSupportedException(name),
        });
    }

    private async IAsyncEnumerable<INatsJSMsg<byte[]>> FetchAsync(Queue<LogEntry> pending, int most, FakeNetwork network)
    {
        await network.AskAsync(() => true);
        for (; most > 0 && pending.TryDequeue(out var entry); most--)
        {
            yield return Answering.As<INatsJSMsg<byte[]>>((name, _) => name switch
            {
                "get_" + nameof(INatsJSMsg<byte[]>.Subject) => _subject,
                "get_" + nameof(INatsJSMsg<byte[]>.Data) => entry.Body.ToArray(),
                "get_" + nameof(INatsMsg.Headers) => entry.Headers,
                "get_" + nameof(INatsJSMsg<byte[]>.Metadata) => new NatsJSMsgMetadata(new NatsJSSequencePair(entry.Sequence, 1), 1, 0, default, "", "", ""),
                _ => throw new NotSupportedException(name),
            });
        }
    }
}
