using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.ConformanceTests.Nats;

[Collection(NatsCollection.Name)]
public sealed class OrderedConsumerTests(NatsFixture fixture) : IAsyncLifetime
{
    private NatsConnection _nats = null!;
    private NatsJSContext _js = null!;

    public async Task InitializeAsync()
    {
        _nats = await NatsTesting.ConnectAsync(fixture.Server);
        _js = new NatsJSContext(_nats);
    }

    public async Task DisposeAsync() => await _nats.DisposeAsync();

    [Fact]
    public async Task Reads_the_stream_from_the_start_then_what_comes()
    {
        const int Count = 3_000;
        await NatsTesting.CreateStreamAsync(_js, "ORDERED");
        await NatsTesting.PublishAsync(_js, "ORDERED.a", Count / 2);
        var publishing = Task.Run(() => NatsTesting.PublishAsync(_js, "ORDERED.a", Count / 2, first: (Count / 2) + 1));
        var consumer = await _js.CreateOrderedConsumerAsync("ORDERED");
        var seen = 0;
        await foreach (var msg in consumer.ConsumeAsync<int>(cancellationToken: NatsTesting.Deadline))
        {
            Assert.Equal(++seen, msg.Data);
            Assert.Equal((ulong)seen, msg.Metadata!.Value.Sequence.Stream);
            if (seen == Count)
                break;
        }

        await publishing;
    }

    [Fact]
    public async Task Begins_where_it_is_told_and_misses_none_of_its_subjects()
    {
        await NatsTesting.CreateStreamAsync(_js, "PART");
        for (var i = 1; i <= 10; i++)
            await NatsTesting.PublishAsync(_js, i % 2 == 0 ? "PART.even" : "PART.odd", 1, first: i);
        var opts = new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = 5, FilterSubjects = ["PART.even"] };
        var consumer = await _js.CreateOrderedConsumerAsync("PART", opts);
        // The real client asks for a list of filters, which servers before 2.10 ignore: there, others may come, too.
        var isExact = Version.Parse(_nats.ServerInfo!.Version.Split('-')[0]) >= new Version(2, 10);
        var seen = new List<int>();
        await foreach (var msg in consumer.ConsumeAsync<int>(cancellationToken: NatsTesting.Deadline))
        {
            Assert.True(msg.Data >= 5);
            if (isExact || msg.Subject == "PART.even")
                seen.Add(msg.Data);
            if (seen.Count == 3)
                break;
        }

        Assert.Equal([6, 8, 10], seen);
    }

    [Fact]
    public async Task Fetches_go_on_where_the_last_one_ended()
    {
        await NatsTesting.CreateStreamAsync(_js, "PARTS");
        await NatsTesting.PublishAsync(_js, "PARTS.a", 25);
        var consumer = await _js.CreateOrderedConsumerAsync("PARTS");
        var seen = new List<int>();
        for (var round = 0; round < 3; round++)
        {
            await foreach (var msg in consumer.FetchNoWaitAsync<int>(new NatsJSFetchOpts { MaxMsgs = 10 }, cancellationToken: NatsTesting.Deadline))
                seen.Add(msg.Data);
        }

        Assert.Equal(Enumerable.Range(1, 25), seen);
        await NatsTesting.PublishAsync(_js, "PARTS.a", 1, first: 26);
        Assert.Equal(26, (await consumer.NextAsync<int>(cancellationToken: NatsTesting.Deadline))!.Data);
    }

    [Fact]
    public async Task Loss_of_its_consumer_on_the_server_leaves_no_hole()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "HOLE");
        var consumer = await _js.CreateOrderedConsumerAsync("HOLE");
        var seen = 0;
        var loop = Task.Run(async () =>
        {
            await foreach (var msg in consumer.ConsumeAsync<int>(cancellationToken: NatsTesting.Deadline))
            {
                Assert.Equal(seen + 1, msg.Data);
                if (++seen == 30)
                    break;
            }
        });
        for (var round = 0; round < 3; round++)
        {
            await NatsTesting.PublishAsync(_js, "HOLE.a", 10, first: (round * 10) + 1);
            await Eventually.UntilAsync("the round has been read", () => Volatile.Read(ref seen) == (round + 1) * 10);
            if (round < 2)
            {
                await foreach (var name in stream.ListConsumerNamesAsync(NatsTesting.Deadline))
                    await stream.DeleteConsumerAsync(name);
            }
        }

        await Eventually.WithinAsync("the loop ends", loop);
    }

    [Fact]
    public async Task Missing_stream_is_an_error()
    {
        var consumer = await _js.CreateOrderedConsumerAsync("NO_SUCH_STREAM");
        var exception = await Assert.ThrowsAsync<NatsJSApiException>(async () =>
        {
            await foreach (var _ in consumer.ConsumeAsync<int>(cancellationToken: NatsTesting.Deadline))
            {
            }
        });
        Assert.Equal(404, exception.Error.Code);
    }

    [Fact]
    public async Task Cancelling_ends_the_loop_normally()
    {
        await NatsTesting.CreateStreamAsync(_js, "STOPPED");
        await NatsTesting.PublishAsync(_js, "STOPPED.a", 1);
        var consumer = await _js.CreateOrderedConsumerAsync("STOPPED");
        using var cancellation = new CancellationTokenSource();
        var loop = Task.Run(async () =>
        {
            await foreach (var _ in consumer.ConsumeAsync<int>(cancellationToken: cancellation.Token))
                await cancellation.CancelAsync();
        });
        await Eventually.WithinAsync("the loop ends", loop);
    }
}
