using System.Collections.Concurrent;
using System.Threading.Channels;
using LiveComments.TestSupport;
using NATS.Client.Core;

namespace LiveComments.ConformanceTests.Nats;

[Collection(NatsCollection.Name)]
public sealed class SlowConsumerTests(NatsFixture fixture)
{
    [Fact]
    public async Task Slow_subscriber_drops_newest_says_so_and_holds_nobody_back()
    {
        const int Capacity = 10;
        const int Count = 100;
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(fixture.Server) with { SubPendingChannelCapacity = Capacity });
        var dropped = new ConcurrentQueue<NatsMessageDroppedEventArgs>();
        var slow = new ConcurrentQueue<NatsSlowConsumerEventArgs>();
        nats.MessageDropped += (_, args) =>
        {
            dropped.Enqueue(args);
            return default;
        };
        nats.SlowConsumerDetected += (_, args) =>
        {
            slow.Enqueue(args);
            return default;
        };
        await using var sub = await nats.SubscribeCoreAsync<int>("slow");
        await using var fast = await nats.SubscribeCoreAsync<int>("slow", opts: new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = Count } });
        for (var i = 0; i < Count; i++)
            await nats.PublishAsync("slow", i);
        await nats.PingAsync();

        await Eventually.UntilAsync("every dropped message is told", () => dropped.Count == Count - Capacity);
        Assert.Equal(Count, fast.Msgs.Count);
        Assert.Equal(Capacity, sub.Msgs.Count);
        var kept = new List<int>();
        while (sub.Msgs.TryRead(out var msg))
            kept.Add(msg.Data);
        Assert.Equal(Enumerable.Range(0, Capacity - 1), kept.Take(Capacity - 1)); // the oldest are kept
        Assert.Equal("slow", Assert.Single(slow).Subscription.Subject); // once for the episode
        Assert.All(dropped, args => Assert.Equal(("slow", Capacity), (args.Subject, args.Pending)));
        Assert.Equal(Enumerable.Range(0, Count), dropped.Select(args => (int)args.Data!).Concat(kept).Order());
    }

    [Fact]
    public async Task Waiting_channel_loses_nothing()
    {
        const int Count = 2_000;
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<int>("patient", opts: new NatsSubOpts
        {
            ChannelOpts = new NatsSubChannelOpts { Capacity = 4, FullMode = BoundedChannelFullMode.Wait },
        });
        for (var i = 0; i < Count; i++)
            await nats.PublishAsync("patient", i);
        for (var i = 0; i < Count; i++)
            Assert.Equal(i, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
    }
}
