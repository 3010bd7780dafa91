using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.ConformanceTests.Nats;

/// <summary>The server is killed (kill -9) and started again on the same store.</summary>
public sealed class JetStreamRestartTests : IAsyncLifetime
{
    private readonly NatsServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Ordered_consumer_goes_on_without_loss_or_disorder()
    {
        await using var nats = await NatsTesting.ConnectAsync(_server);
        var js = new NatsJSContext(nats);
        await NatsTesting.CreateStreamAsync(js, "LOG");
        var consumer = await js.CreateOrderedConsumerAsync("LOG");
        ulong seen = 0;
        const int End = 0;
        var loop = Task.Run(async () =>
        {
            await foreach (var msg in consumer.ConsumeAsync<int>(cancellationToken: NatsTesting.Deadline))
            {
                var sequence = msg.Metadata!.Value.Sequence.Stream;
                Assert.Equal(seen + 1, sequence);
                seen = sequence;
                if (msg.Data == End)
                    break;
            }
        });
        await NatsTesting.PublishAsync(js, "LOG.a", 500);
        for (var restart = 0; restart < 2; restart++)
        {
            await _server.KillAsync();
            await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);
            await _server.StartAsync();
            await NatsTesting.PublishAsync(js, "LOG.a", 500); // waits for the connection
        }

        var stream = await js.GetStreamAsync("LOG");
        await js.PublishAsync("LOG.a", End);
        await Eventually.WithinAsync("the loop has read everything", loop);
        Assert.Equal(1_500UL, stream.Info.State.LastSeq);
        Assert.Equal(1_501UL, seen);
    }

    [Fact]
    public async Task Publishes_under_way_fail_or_succeed_and_the_same_id_makes_the_retry_safe()
    {
        const int Count = 2_000;
        const int InFlight = 32;
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(_server) with { RequestTimeout = TimeSpan.FromSeconds(1) });
        var js = new NatsJSContext(nats);
        var stream = await NatsTesting.CreateStreamAsync(js, "LOG", config => config.DuplicateWindow = TimeSpan.FromMinutes(2));
        var acknowledged = 0;
        var retried = 0;
        var sequences = new ulong[Count];
        var next = -1;
        var publishing = Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < Count;)
            {
                while (true)
                {
                    var result = await js.TryPublishAsync("LOG.a", i, opts: new NatsJSPubOpts { MsgId = $"id-{i}" }, cancellationToken: NatsTesting.Deadline);
                    if (result is { Success: true, Value.Error: null })
                    {
                        sequences[i] = result.Value.Seq;
                        break;
                    }

                    Interlocked.Increment(ref retried);
                }

                Interlocked.Increment(ref acknowledged);
            }
        })));
        await Eventually.UntilAsync("publishes are under way", () => Volatile.Read(ref acknowledged) > 200);
        await _server.KillAsync();
        await _server.StartAsync();
        await Eventually.WithinAsync("all are acknowledged", publishing);

        // Everything is stored, once; the store may have lost what was never acknowledged.
        await stream.RefreshAsync();
        Assert.Equal(Count, stream.Info.State.Messages);
        Assert.Equal(Count, sequences.Distinct().Count());
        Assert.True(stream.Info.State.LastSeq >= sequences.Max());
    }

    [Fact]
    public async Task Message_id_from_before_the_restart_is_a_duplicate_after_it()
    {
        await using var nats = await NatsTesting.ConnectAsync(_server);
        var js = new NatsJSContext(nats);
        await NatsTesting.CreateStreamAsync(js, "LOG", config => config.DuplicateWindow = TimeSpan.FromMinutes(2));
        var first = await js.PublishAsync("LOG.a", 1, opts: new NatsJSPubOpts { MsgId = "same" });
        await _server.KillAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);
        await _server.StartAsync();
        var again = await js.PublishAsync("LOG.a", 1, opts: new NatsJSPubOpts { MsgId = "same" });
        Assert.True(again.Duplicate);
        Assert.Equal(first.Seq, again.Seq);
    }

    [Fact]
    public async Task Publish_in_flight_on_a_lost_connection_waits_its_request_timeout()
    {
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(_server) with { RequestTimeout = TimeSpan.FromSeconds(1) });
        var js = new NatsJSContext(nats);
        await NatsTesting.CreateStreamAsync(js, "LOG");
        _server.Pause();
        var publish = js.PublishAsync("LOG.a", 1).AsTask(); // taken by the socket, read by nobody
        await _server.KillAsync();
        await Assert.ThrowsAsync<NatsJSPublishNoResponseException>(() => Eventually.WithinAsync("the publish ends", publish));
    }

    [Fact]
    public async Task Durable_consumer_goes_on_and_loses_nothing()
    {
        await using var nats = await NatsTesting.ConnectAsync(_server);
        var js = new NatsJSContext(nats);
        var stream = await NatsTesting.CreateStreamAsync(js, "LOG");
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("reader") { AckWait = TimeSpan.FromSeconds(1) });
        var seen = new HashSet<int>();
        var loop = Task.Run(async () =>
        {
            // Short, since the real client asks again only after two heartbeats without a sign of life.
            var opts = new NatsJSConsumeOpts { MaxMsgs = 100, Expires = TimeSpan.FromSeconds(1) };
            await foreach (var msg in consumer.ConsumeAsync<int>(opts: opts, cancellationToken: NatsTesting.Deadline))
            {
                await msg.AckAsync();
                int count;
                lock (seen)
                {
                    seen.Add(msg.Data);
                    count = seen.Count;
                }

                if (count == 400)
                    break;
            }
        });
        await NatsTesting.PublishAsync(js, "LOG.a", 200);
        await Eventually.UntilAsync("half of it is read", () =>
        {
            lock (seen)
                return seen.Count == 200;
        });
        await _server.KillAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);
        await _server.StartAsync();
        await NatsTesting.PublishAsync(js, "LOG.a", 200, first: 201);
        await Eventually.WithinAsync("the rest is read", loop);
    }

    [Fact]
    public async Task Republish_goes_on_to_the_same_subscription()
    {
        await using var nats = await NatsTesting.ConnectAsync(_server);
        var js = new NatsJSContext(nats);
        await NatsTesting.CreateStreamAsync(js, "LOG", config => config.Republish = new Republish { Src = "LOG.>", Dest = "live.>" });
        await using var sub = await nats.SubscribeCoreAsync<int>("live.a");
        await NatsTesting.PublishAsync(js, "LOG.a", 1);
        await _server.KillAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);
        await _server.StartAsync();
        await NatsTesting.PublishAsync(js, "LOG.a", 1, first: 2);
        Assert.Equal(1, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
        var second = await sub.Msgs.ReadAsync(NatsTesting.Deadline);
        Assert.Equal((2, "1"), (second.Data, second.Headers!["Nats-Last-Sequence"].ToString()));
    }
}
