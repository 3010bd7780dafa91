using System.Buffers;
using System.Text;
using LiveComments.TestSupport;
using NATS.Client.Core;

namespace LiveComments.ConformanceTests.Nats;

[Collection(NatsCollection.Name)]
public sealed class PublishSubscribeTests(NatsFixture fixture)
{
    [Fact]
    public async Task Message_arrives_with_subject_payload_headers_and_reply_subject()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<string>("all.*");
        await nats.PublishAsync("all.one", "Grüße", new NatsHeaders { ["A"] = "1" }, replyTo: "back.to");

        var msg = await sub.Msgs.ReadAsync(NatsTesting.Deadline);

        Assert.Equal(("all.one", "Grüße", "back.to"), (msg.Subject, msg.Data, msg.ReplyTo));
        Assert.Equal("1", msg.Headers!["a"]);
        Assert.Same(nats, msg.Connection);
        Assert.True(msg.Size > "Grüße".Length);
        msg.EnsureSuccess();
    }

    [Fact]
    public async Task Raw_bytes_of_every_shape_arrive_as_they_are()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        byte[] bytes = [0, 1, 13, 10, 255];
        await using var sub = await nats.SubscribeCoreAsync<byte[]>("raw");
        var owner = NatsMemoryOwner<byte>.Allocate(bytes.Length);
        bytes.CopyTo(owner.Span);

        await nats.PublishAsync("raw", bytes);
        await nats.PublishAsync("raw", new ReadOnlyMemory<byte>(bytes));
        await nats.PublishAsync("raw", new Memory<byte>(bytes));
        await nats.PublishAsync("raw", new ReadOnlySequence<byte>(bytes));
        await nats.PublishAsync("raw", owner);

        for (var i = 0; i < 5; i++)
            Assert.Equal(bytes, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
    }

    [Fact]
    public async Task Bytes_are_read_into_every_shape()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var memory = await nats.SubscribeCoreAsync<ReadOnlyMemory<byte>>("shape");
        await using var sequence = await nats.SubscribeCoreAsync<ReadOnlySequence<byte>>("shape");
        await using var owners = await nats.SubscribeCoreAsync<NatsMemoryOwner<byte>>("shape");
        await using var text = await nats.SubscribeCoreAsync<string>("shape");

        await nats.PublishAsync("shape", "abc"u8.ToArray());

        Assert.Equal("abc"u8.ToArray(), (await memory.Msgs.ReadAsync(NatsTesting.Deadline)).Data.ToArray());
        Assert.Equal("abc"u8.ToArray(), (await sequence.Msgs.ReadAsync(NatsTesting.Deadline)).Data.ToArray());
        Assert.Equal("abc", (await text.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
        using var owner = (await owners.Msgs.ReadAsync(NatsTesting.Deadline)).Data;
        Assert.Equal("abc"u8.ToArray(), owner.Memory.ToArray());
    }

    [Fact]
    public async Task Simple_types_travel_as_text()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var numbers = await nats.SubscribeCoreAsync<long>("simple.number");
        await using var texts = await nats.SubscribeCoreAsync<string>("simple.number");
        await using var ids = await nats.SubscribeCoreAsync<Guid>("simple.id");
        var id = Guid.NewGuid();

        await nats.PublishAsync("simple.number", -42L);
        await nats.PublishAsync("simple.id", id);

        Assert.Equal(-42, (await numbers.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
        Assert.Equal("-42", (await texts.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
        Assert.Equal(id, (await ids.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
    }

    [Fact]
    public async Task Message_without_payload_is_empty()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<byte[]>("empty");
        await nats.PublishAsync("empty");
        var msg = await sub.Msgs.ReadAsync(NatsTesting.Deadline);
        Assert.True(msg.IsEmpty);
        Assert.Null(msg.Data);
        Assert.False(msg.HasNoResponders);
    }

    [Fact]
    public async Task Payload_that_can_not_be_read_becomes_the_error_of_the_message()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<int>("unreadable");
        await nats.PublishAsync("unreadable", "no number");
        await nats.PublishAsync("unreadable", 7);

        var broken = await sub.Msgs.ReadAsync(NatsTesting.Deadline);
        var error = Assert.IsType<NatsDeserializeException>(broken.Error);
        Assert.Equal("no number", Encoding.UTF8.GetString(error.RawData));
        Assert.Throws<NatsDeserializeException>(broken.EnsureSuccess);
        Assert.Equal(7, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
    }

    [Fact]
    public async Task Queue_group_gets_each_message_once_and_shares_the_work()
    {
        const int Count = 1_000;
        await using var publisher = await NatsTesting.ConnectAsync(fixture.Server);
        await using var first = await NatsTesting.ConnectAsync(fixture.Server);
        await using var second = await NatsTesting.ConnectAsync(fixture.Server);
        await using var a = await first.SubscribeCoreAsync<int>("work", queueGroup: "workers");
        await using var b = await second.SubscribeCoreAsync<int>("work", queueGroup: "workers");
        await first.PingAsync();
        await second.PingAsync();

        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync("work", i);

        await Eventually.UntilAsync("all messages arrived", () => a.Msgs.Count + b.Msgs.Count == Count);
        Assert.Equal("workers", a.QueueGroup);
        Assert.InRange(a.Msgs.Count, 1, Count - 1);
        var seen = new HashSet<int>();
        while (a.Msgs.TryRead(out var msg) || b.Msgs.TryRead(out msg))
            Assert.True(seen.Add(msg.Data));
    }

    [Fact]
    public async Task Cancelling_ends_the_loop_normally_after_what_had_arrived()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        using var cancellation = new CancellationTokenSource();
        var seen = new List<int>();
        var subscribed = new TaskCompletionSource();
        var loop = Task.Run(async () =>
        {
            await foreach (var msg in nats.SubscribeAsync<int>("cancelled", cancellationToken: cancellation.Token))
            {
                subscribed.TrySetResult();
                seen.Add(msg.Data);
            }
        });
        await Eventually.UntilAsync("the loop gets a message", async () =>
        {
            await nats.PublishAsync("cancelled", 1);
            await nats.PingAsync();
            return subscribed.Task.IsCompleted;
        });

        await cancellation.CancelAsync();

        await Eventually.WithinAsync("the loop ends", loop);
        Assert.NotEmpty(seen);
    }

    [Fact]
    public async Task Subscription_with_a_limit_of_messages_ends_there()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<int>("limited", opts: new NatsSubOpts { MaxMsgs = 3 });
        for (var i = 0; i < 10; i++)
            await nats.PublishAsync("limited", i);
        var seen = new List<int>();
        await foreach (var msg in sub.Msgs.ReadAllAsync(NatsTesting.Deadline))
            seen.Add(msg.Data);
        Assert.Equal([0, 1, 2], seen);
    }

    [Fact]
    public async Task Unsubscribed_channel_completes_and_gets_nothing_more()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<int>("left");
        await sub.UnsubscribeAsync();
        await nats.PublishAsync("left", 1);
        await nats.PingAsync();
        Assert.False(await sub.Msgs.WaitToReadAsync(NatsTesting.Deadline));
    }

    [Fact]
    public async Task Drain_delivers_all_that_was_under_way()
    {
        const int Count = 5_000;
        await using var publisher = await NatsTesting.ConnectAsync(fixture.Server);
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<int>("drained");
        await nats.PingAsync();
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync("drained", i);
        await publisher.PingAsync();

        await sub.DrainAsync(NatsTesting.Deadline);

        var seen = 0;
        await foreach (var msg in sub.Msgs.ReadAllAsync(NatsTesting.Deadline))
            Assert.Equal(seen++, msg.Data);
        Assert.Equal(Count, seen);
    }

    [Fact]
    public async Task Fifty_thousand_messages_cross_each_way_complete_and_in_order()
    {
        const int Count = 50_000;
        await using var left = await NatsTesting.ConnectAsync(fixture.Server);
        await using var right = await NatsTesting.ConnectAsync(fixture.Server);
        var opts = new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = Count } };
        await using var atLeft = await left.SubscribeCoreAsync<int>("cross.left", opts: opts);
        await using var atRight = await right.SubscribeCoreAsync<int>("cross.right", opts: opts);
        await left.PingAsync();
        await right.PingAsync();

        await Task.WhenAll(
            Task.Run(() => SendAsync(left, "cross.right")),
            Task.Run(() => SendAsync(right, "cross.left")),
            Task.Run(() => CheckAsync(atLeft)),
            Task.Run(() => CheckAsync(atRight)));

        static async Task SendAsync(NatsConnection nats, string subject)
        {
            for (var i = 0; i < Count; i++)
                await nats.PublishAsync(subject, i);
        }

        static async Task CheckAsync(INatsSub<int> sub)
        {
            var deadline = NatsTesting.Deadline;
            for (var i = 0; i < Count; i++)
                Assert.Equal(i, (await sub.Msgs.ReadAsync(deadline)).Data);
        }
    }

    [Fact]
    public async Task Concurrent_publishers_lose_and_mix_nothing()
    {
        const int Publishers = 16;
        const int Each = 1_000;
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<string>("many.*", opts: new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = Publishers * Each } });

        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await nats.PublishAsync($"many.{publisher}", $"{publisher}:{i}", new NatsHeaders { ["P"] = $"{publisher}" });
        })));

        var next = new int[Publishers];
        var deadline = NatsTesting.Deadline;
        for (var i = 0; i < Publishers * Each; i++)
        {
            var msg = await sub.Msgs.ReadAsync(deadline);
            var publisher = int.Parse(msg.Headers!["P"]!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal($"many.{publisher}", msg.Subject);
            Assert.Equal($"{publisher}:{next[publisher]++}", msg.Data);
        }
    }

    [Fact]
    public async Task Messages_larger_than_every_buffer_arrive_whole()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<byte[]>("large");
        var large = new byte[900_000];
        Random.Shared.NextBytes(large);
        for (var i = 0; i < 3; i++)
        {
            await nats.PublishAsync("large", large);
            await nats.PublishAsync("large", new byte[] { 1 });
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(large, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
            Assert.Equal([1], (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
        }
    }

    [Fact]
    public async Task Payload_above_the_servers_limit_is_refused_here_and_harms_nothing()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        var max = nats.ServerInfo!.MaxPayload;
        await using var sub = await nats.SubscribeCoreAsync<byte[]>("limit");
        await Assert.ThrowsAsync<NatsPayloadTooLargeException>(async () => await nats.PublishAsync("limit", new byte[max + 1]));
        await nats.PublishAsync("limit", new byte[max]);
        Assert.Equal(max, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data!.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("line\r\nPUB other 0")]
    [InlineData("tab\there")]
    public async Task Subject_that_would_be_another_command_is_refused(string subject)
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await Assert.ThrowsAsync<NatsException>(async () => await nats.PublishAsync(subject, 1));
        await Assert.ThrowsAsync<NatsException>(async () => await nats.PublishAsync("ok", 1, replyTo: subject));
        await Assert.ThrowsAsync<NatsException>(async () => await nats.SubscribeCoreAsync<int>(subject));
        await Assert.ThrowsAsync<NatsException>(async () => await nats.SubscribeCoreAsync<int>("ok", queueGroup: subject));
        await Assert.ThrowsAsync<NatsException>(async () => await nats.RequestAsync<int, int>(subject, 1));
    }

    [Fact]
    public async Task Own_messages_do_not_come_back_without_echo()
    {
        await using var deaf = await NatsTesting.ConnectAsync(NatsTesting.Opts(fixture.Server) with { Echo = false });
        await using var other = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await deaf.SubscribeCoreAsync<string>("echo");
        await deaf.PublishAsync("echo", "own");
        await deaf.PingAsync();
        await other.PublishAsync("echo", "other's");
        Assert.Equal("other's", (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
    }

    [Fact]
    public async Task Server_tells_about_itself_and_answers_pings()
    {
        await using var nats = new NatsConnection(NatsTesting.Opts(fixture.Server));
        Assert.Equal(NatsConnectionState.Closed, nats.ConnectionState);
        Assert.Null(nats.ServerInfo);
        Assert.True(await nats.PingAsync() > TimeSpan.Zero); // connects by itself
        Assert.Equal(NatsConnectionState.Open, nats.ConnectionState);
        Assert.True(nats.ServerInfo!.JetStreamAvailable && nats.ServerInfo.HeadersSupported);
        Assert.Equal(fixture.Server.Port, nats.ServerInfo.Port);
    }
}
