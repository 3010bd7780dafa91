using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.ConformanceTests.Nats;

[Collection(NatsCollection.Name)]
public sealed class ConsumerTests(NatsFixture fixture) : IAsyncLifetime
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
    public async Task Consumption_gets_everything_in_order_with_its_place_in_the_stream()
    {
        const int Count = 5_000;
        var stream = await NatsTesting.CreateStreamAsync(_js, "CONSUME");
        await Parallel.ForAsync(0, Count, async (i, token) => (await _js.PublishAsync($"CONSUME.{i % 7}", i, cancellationToken: token)).EnsureSuccess());
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader") { AckPolicy = ConsumerConfigAckPolicy.Explicit, MaxAckPending = Count });
        ulong last = 0;
        await foreach (var msg in consumer.ConsumeAsync<int>(opts: new NatsJSConsumeOpts { MaxMsgs = 100 }, cancellationToken: NatsTesting.Deadline))
        {
            var metadata = msg.Metadata!.Value;
            Assert.Equal(++last, metadata.Sequence.Stream);
            Assert.Equal(last, metadata.Sequence.Consumer);
            Assert.Equal(("CONSUME", "reader"), (metadata.Stream, metadata.Consumer));
            Assert.Equal((ulong)Count - last, metadata.NumPending);
            Assert.Equal(1UL, metadata.NumDelivered);
            Assert.Equal($"CONSUME.{msg.Data % 7}", msg.Subject);
            await msg.AckAsync();
            if (last == Count)
                break;
        }

        await Eventually.UntilAsync("the server has all acknowledgements", async () =>
        {
            await consumer.RefreshAsync();
            return consumer.Info is { NumAckPending: 0, NumPending: 0 } && consumer.Info.AckFloor.StreamSeq == Count;
        });
    }

    [Fact]
    public async Task Consumption_waits_for_new_messages_and_ends_with_its_token()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "WAIT");
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader"));
        using var cancellation = new CancellationTokenSource();
        var seen = 0;
        var loop = Task.Run(async () =>
        {
            await foreach (var msg in consumer.ConsumeAsync<int>(cancellationToken: cancellation.Token))
            {
                await msg.AckAsync(cancellationToken: NatsTesting.Deadline);
                Volatile.Write(ref seen, msg.Data);
            }
        });
        for (var i = 1; i <= 5; i++)
        {
            await NatsTesting.PublishAsync(_js, "WAIT.a", 1, first: i);
            await Eventually.UntilAsync($"message {i} arrives", () => Volatile.Read(ref seen) == i);
        }

        await cancellation.CancelAsync();
        await Eventually.WithinAsync("the loop ends", loop);
    }

    [Fact]
    public async Task Slow_reader_of_a_consumption_loses_nothing()
    {
        const int Count = 500;
        var stream = await NatsTesting.CreateStreamAsync(_js, "SLOW");
        await NatsTesting.PublishAsync(_js, "SLOW.a", Count);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader") { AckPolicy = ConsumerConfigAckPolicy.None });
        var seen = 0;
        await foreach (var msg in consumer.ConsumeAsync<int>(opts: new NatsJSConsumeOpts { MaxMsgs = 10 }, cancellationToken: NatsTesting.Deadline))
        {
            Assert.Equal(++seen, msg.Data);
            if (seen % 50 == 0)
                await _nats.PingAsync();
            if (seen == Count)
                break;
        }
    }

    [Fact]
    public async Task Consumption_by_bytes_gets_everything()
    {
        const int Count = 300;
        var stream = await NatsTesting.CreateStreamAsync(_js, "BYTES");
        for (var i = 0; i < Count; i++)
            await _js.PublishAsync("BYTES.a", new byte[1_000]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader") { AckPolicy = ConsumerConfigAckPolicy.None });
        var seen = 0;
        await foreach (var _ in consumer.ConsumeAsync<byte[]>(opts: new NatsJSConsumeOpts { MaxBytes = 20_000 }, cancellationToken: NatsTesting.Deadline))
        {
            if (++seen == Count)
                break;
        }

        Assert.Equal(Count, seen);
    }

    [Fact]
    public async Task Fetch_ends_with_its_number_or_its_time()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "FETCH");
        await NatsTesting.PublishAsync(_js, "FETCH.a", 5);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader"));
        Assert.Equal([1, 2, 3], await FetchAsync(consumer, 3));
        Assert.Equal([4, 5], await FetchAsync(consumer, 3)); // waits for the third until it expires
    }

    [Fact]
    public async Task Fetch_without_waiting_takes_what_is_there()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "NOWAIT");
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader"));
        Assert.Empty(await FetchNoWaitAsync());
        await NatsTesting.PublishAsync(_js, "NOWAIT.a", 15);
        Assert.Equal(Enumerable.Range(1, 10), await FetchNoWaitAsync());
        Assert.Equal(Enumerable.Range(11, 5), await FetchNoWaitAsync());

        async Task<List<int>> FetchNoWaitAsync()
        {
            var seen = new List<int>();
            await foreach (var msg in consumer.FetchNoWaitAsync<int>(new NatsJSFetchOpts { MaxMsgs = 10 }, cancellationToken: NatsTesting.Deadline))
            {
                await msg.AckAsync();
                seen.Add(msg.Data);
            }

            return seen;
        }
    }

    [Fact]
    public async Task Next_is_one_message_or_none()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "NEXT");
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader"));
        Assert.Null(await consumer.NextAsync<int>(opts: new NatsJSNextOpts { Expires = TimeSpan.FromSeconds(1) }));
        await NatsTesting.PublishAsync(_js, "NEXT.a", 2);
        Assert.Equal(1, (await consumer.NextAsync<int>(cancellationToken: NatsTesting.Deadline))!.Data);
        Assert.Equal(2, (await consumer.NextAsync<int>(cancellationToken: NatsTesting.Deadline))!.Data);
    }

    [Fact]
    public async Task Every_acknowledgement_does_what_it_says()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "ACKS");
        await NatsTesting.PublishAsync(_js, "ACKS.a", 4);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader") { AckWait = TimeSpan.FromMinutes(1) });

        var first = (await consumer.NextAsync<int>())!;
        await first.AckProgressAsync();
        await first.AckAsync(new AckOpts { DoubleAck = true });
        await consumer.RefreshAsync();
        Assert.Equal((0, 1UL), (consumer.Info.NumAckPending, consumer.Info.AckFloor.StreamSeq)); // the second acknowledgement has been seen

        await (await consumer.NextAsync<int>())!.NakAsync(new AckOpts { DoubleAck = true }); // confirmed, so that it is redelivered first
        var again = (await consumer.NextAsync<int>())!;
        Assert.Equal((2, 2UL), (again.Data, again.Metadata!.Value.NumDelivered));
        await again.AckTerminateAsync(new AckOpts { DoubleAck = true });
        var third = (await consumer.NextAsync<int>())!;
        Assert.Equal(3, third.Data);
        await third.NakAsync(delay: TimeSpan.FromMilliseconds(50));
        var seen = new List<int>();
        while (seen.Count < 2)
        {
            var msg = (await consumer.NextAsync<int>(cancellationToken: NatsTesting.Deadline))!;
            await msg.AckAsync(new AckOpts { DoubleAck = true });
            seen.Add(msg.Data);
        }

        Assert.Equal([3, 4], seen.Order());
        await consumer.RefreshAsync();
        Assert.Equal((0, 0UL), (consumer.Info.NumAckPending, consumer.Info.NumPending));
    }

    [Fact]
    public async Task Filter_and_start_sequence_choose_the_messages()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "FILTER");
        for (var i = 1; i <= 6; i++)
            await NatsTesting.PublishAsync(_js, i % 2 == 0 ? "FILTER.even" : "FILTER.odd", 1, first: i);
        var filtered = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("even") { FilterSubject = "FILTER.even" });
        Assert.Equal([2, 4, 6], await FetchAsync(filtered, 3));
        var later = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("later") { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = 5 });
        Assert.Equal([5, 6], await FetchAsync(later, 2));
        var since = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("since") { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartTime, OptStartTime = stream.Info.Created });
        Assert.Equal(Enumerable.Range(1, 6), await FetchAsync(since, 6));
    }

    [Fact]
    public async Task Consumers_are_listed_found_and_gone_once_deleted()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "CONSUMERS");
        await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("one"));
        await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("two"));
        var names = new List<string>();
        await foreach (var name in stream.ListConsumerNamesAsync(NatsTesting.Deadline))
            names.Add(name);
        Assert.Equal(["one", "two"], names.Order());
        await foreach (var consumer in stream.ListConsumersAsync(NatsTesting.Deadline))
            Assert.True(names.Remove(consumer.Info.Name));
        Assert.Equal(ConsumerConfigAckPolicy.Explicit, (await stream.GetConsumerAsync("one")).Info.Config.AckPolicy);
        Assert.True(await stream.DeleteConsumerAsync("one"));
        var missing = await Assert.ThrowsAsync<NatsJSApiException>(async () => await stream.GetConsumerAsync("one"));
        Assert.Equal((404, 10014), (missing.Error.Code, missing.Error.ErrCode));
    }

    [Fact]
    public async Task Consumption_of_a_deleted_consumer_fails()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "DELETED");
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader"));
        var loop = Task.Run(async () =>
        {
            await foreach (var msg in consumer.ConsumeAsync<int>(cancellationToken: NatsTesting.Deadline))
                await msg.AckAsync();
        });
        await Eventually.UntilAsync("the pull request waits", async () =>
        {
            await consumer.RefreshAsync();
            return consumer.Info.NumWaiting == 1;
        });
        await stream.DeleteConsumerAsync("reader");
        var exception = await Assert.ThrowsAsync<NatsJSProtocolException>(() => Eventually.WithinAsync("the loop fails", loop));
        Assert.Equal((409, NatsHeaders.Messages.ConsumerDeleted), (exception.HeaderCode, exception.HeaderMessage));
    }

    private static async Task<List<int>> FetchAsync(INatsJSConsumer consumer, int count)
    {
        var seen = new List<int>();
        await foreach (var msg in consumer.FetchAsync<int>(new NatsJSFetchOpts { MaxMsgs = count, Expires = TimeSpan.FromSeconds(1) }, cancellationToken: NatsTesting.Deadline))
        {
            await msg.AckAsync();
            seen.Add(msg.Data);
        }

        return seen;
    }
}
