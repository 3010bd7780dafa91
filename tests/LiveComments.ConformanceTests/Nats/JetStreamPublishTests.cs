using System.Diagnostics;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.ConformanceTests.Nats;

[Collection(NatsCollection.Name)]
public sealed class JetStreamPublishTests(NatsFixture fixture) : IAsyncLifetime
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
    public async Task Acknowledgement_names_stream_and_sequence()
    {
        await NatsTesting.CreateStreamAsync(_js, "ACK");
        var first = await _js.PublishAsync("ACK.a", "x");
        var second = await _js.PublishAsync("ACK.b", "y", headers: new NatsHeaders { ["H"] = "v" });
        first.EnsureSuccess();
        Assert.Equal(("ACK", 1UL, false), (first.Stream!, first.Seq, first.Duplicate));
        Assert.Equal(2UL, second.Seq);
        Assert.True(second.IsSuccess());
    }

    [Fact]
    public async Task Message_id_is_stored_once_and_the_duplicate_names_the_first()
    {
        await NatsTesting.CreateStreamAsync(_js, "DUP");
        var opts = new NatsJSPubOpts { MsgId = "id-1" };
        var first = await _js.PublishAsync("DUP.a", "x", opts: opts);
        var again = await _js.PublishAsync("DUP.a", "y", opts: opts);
        Assert.False(first.Duplicate);
        Assert.True(again.Duplicate);
        Assert.Equal(first.Seq, again.Seq);
        Assert.Null(again.Error);
        Assert.False(again.IsSuccess());
        Assert.Equal(first.Seq, Assert.Throws<NatsJSDuplicateMessageException>(again.EnsureSuccess).Sequence);
    }

    [Fact]
    public async Task Expectation_that_does_not_hold_stores_nothing()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "EXPECT");
        await NatsTesting.PublishAsync(_js, "EXPECT.a", 2);
        await NatsTesting.PublishAsync(_js, "EXPECT.b", 1);

        await RefusedAsync(new NatsJSPubOpts { ExpectedLastSequence = 2 }, 10071);
        await RefusedAsync(new NatsJSPubOpts { ExpectedLastSubjectSequence = 1 }, 10071);
        await RefusedAsync(new NatsJSPubOpts { ExpectedStream = "OTHER" }, 10060);
        await RefusedAsync(new NatsJSPubOpts { ExpectedLastMsgId = "none" }, 10070);
        (await _js.PublishAsync("EXPECT.a", 1, opts: new NatsJSPubOpts { ExpectedStream = "EXPECT", ExpectedLastSequence = 3, ExpectedLastSubjectSequence = 2 })).EnsureSuccess();
        await stream.RefreshAsync();
        Assert.Equal(4UL, stream.Info.State.LastSeq);

        async Task RefusedAsync(NatsJSPubOpts opts, int code)
        {
            var ack = await _js.PublishAsync("EXPECT.a", 1, opts: opts);
            Assert.Equal(code, ack.Error!.ErrCode);
            Assert.Equal(code, Assert.Throws<NatsJSApiException>(ack.EnsureSuccess).Error.ErrCode);
        }
    }

    [Fact]
    public async Task Subject_without_a_stream_has_no_response()
    {
        await Assert.ThrowsAsync<NatsJSPublishNoResponseException>(async () => await _js.PublishAsync("no.stream.here", 1));
        var result = await _js.TryPublishAsync("no.stream.here", 1, opts: new NatsJSPubOpts { RetryAttempts = 2, RetryWaitBetweenAttempts = TimeSpan.FromMilliseconds(10) });
        Assert.False(result.Success);
        Assert.IsType<NatsJSPublishNoResponseException>(result.Error);
    }

    [Fact]
    public async Task Stream_appearing_between_attempts_takes_the_message()
    {
        var publish = _js.PublishAsync("LATE.a", 1, opts: new NatsJSPubOpts { RetryAttempts = 1_000, RetryWaitBetweenAttempts = TimeSpan.FromMilliseconds(10) }).AsTask();
        await NatsTesting.CreateStreamAsync(_js, "LATE");
        var ack = await Eventually.WithinAsync("the publish is taken", publish);
        Assert.Equal(1UL, ack.Seq);
    }

    [Fact]
    public async Task Full_stream_refuses_and_says_why()
    {
        await NatsTesting.CreateStreamAsync(_js, "FULL", config =>
        {
            config.MaxMsgs = 1;
            config.Discard = StreamConfigDiscard.New;
        });
        (await _js.PublishAsync("FULL.a", 1)).EnsureSuccess();
        var ack = await _js.PublishAsync("FULL.a", 2);
        Assert.Equal(10077, ack.Error!.ErrCode);
        Assert.Throws<NatsJSApiException>(ack.EnsureSuccess);
    }

    [Fact]
    public async Task Twenty_thousand_publishes_with_256_in_flight_are_all_acknowledged_with_their_own_sequences()
    {
        const int Count = 20_000;
        const int InFlight = 256;
        var stream = await NatsTesting.CreateStreamAsync(_js, "MANY");
        var sequences = new ulong[Count];
        var next = -1;
        var payload = new byte[200];
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < Count;)
            {
                var ack = await _js.PublishAsync("MANY.x", payload, opts: new NatsJSPubOpts { MsgId = $"m{i}" });
                ack.EnsureSuccess();
                sequences[i] = ack.Seq;
            }
        })));
        Assert.Equal(Enumerable.Range(1, Count).Select(i => (ulong)i), sequences.Order());
        await stream.RefreshAsync();
        Assert.Equal(Count, stream.Info.State.Messages);
    }

    [Fact]
    public async Task Publishes_can_be_sent_first_and_their_acknowledgements_read_later()
    {
        await NatsTesting.CreateStreamAsync(_js, "LATER");
        var futures = new List<NatsJSPublishConcurrentFuture>();
        for (var i = 0; i < 1_000; i++)
            futures.Add(await _js.PublishConcurrentAsync("LATER.x", i));
        for (var i = 0; i < futures.Count; i++)
        {
            await using var future = futures[i];
            Assert.Equal((ulong)i + 1, (await future.GetResponseAsync(NatsTesting.Deadline)).Seq);
        }
    }

    [Fact]
    public async Task Republished_message_carries_its_sequence_the_one_before_and_the_publishers_headers()
    {
        await NatsTesting.CreateStreamAsync(_js, "LOG", config =>
        {
            config.Republish = new Republish { Src = "LOG.>", Dest = "live.>" };
        });
        await using var sub = await _nats.SubscribeCoreAsync<string>("live.>");
        await _js.PublishAsync("LOG.a", "one", headers: new NatsHeaders { ["Own"] = "h" });
        await _js.PublishAsync("LOG.b", "two");
        await _js.PublishAsync("LOG.a", "three");

        var messages = new List<NatsMsg<string>>();
        for (var i = 0; i < 3; i++)
            messages.Add(await sub.Msgs.ReadAsync(NatsTesting.Deadline));
        Assert.Equal(["live.a", "live.b", "live.a"], messages.Select(msg => msg.Subject));
        Assert.Equal(["one", "two", "three"], messages.Select(msg => msg.Data));
        Assert.Equal(["1", "2", "3"], messages.Select(msg => msg.Headers!["Nats-Sequence"].ToString()));
        Assert.Equal(["0", "0", "1"], messages.Select(msg => msg.Headers!["Nats-Last-Sequence"].ToString()));
        Assert.All(messages, msg => Assert.Equal("LOG", msg.Headers!["Nats-Stream"]));
        Assert.Equal("LOG.a", messages[0].Headers!["Nats-Subject"]);
        Assert.Equal("h", messages[0].Headers!["Own"]);
    }
}
