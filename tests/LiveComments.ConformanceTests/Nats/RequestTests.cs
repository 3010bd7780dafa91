using System.Diagnostics;
using LiveComments.TestSupport;
using NATS.Client.Core;

namespace LiveComments.ConformanceTests.Nats;

[Collection(NatsCollection.Name)]
public sealed class RequestTests(NatsFixture fixture)
{
    [Fact]
    public async Task Reply_comes_to_its_request_among_many_at_once()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var server = await ServeAsync("square", async msg => await msg.ReplyAsync(msg.Data * msg.Data, new NatsHeaders { ["Of"] = $"{msg.Data}" }));
        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i => (i, Reply: await nats.RequestAsync<int, int>("square", i))));
        Assert.All(replies, reply =>
        {
            Assert.Equal(reply.i * reply.i, reply.Reply.Data);
            Assert.Equal($"{reply.i}", reply.Reply.Headers!["Of"]);
        });
    }

    [Fact]
    public async Task Request_that_nobody_serves_fails_at_once()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<NatsNoRespondersException>(async () => await nats.RequestAsync<int, int>("nobody", 1));
        Assert.True(Stopwatch.GetElapsedTime(started) < nats.Opts.RequestTimeout);
    }

    [Fact]
    public async Task No_responders_can_come_as_a_message()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        var msg = await nats.RequestAsync<int, int>("nobody", 1, replyOpts: new NatsSubOpts { ThrowIfNoResponders = false });
        Assert.True(msg.HasNoResponders);
        Assert.Equal(503, msg.Headers!.Code);
        Assert.Throws<NatsNoRespondersException>(msg.EnsureSuccess);
    }

    [Fact]
    public async Task Request_without_reply_times_out()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var silent = await nats.SubscribeCoreAsync<int>("silent");
        await Assert.ThrowsAsync<NatsNoReplyException>(async () =>
            await nats.RequestAsync<int, int>("silent", 1, replyOpts: new NatsSubOpts { Timeout = TimeSpan.FromMilliseconds(200) }));
    }

    [Fact]
    public async Task Request_ends_with_its_token()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var silent = await nats.SubscribeCoreAsync<int>("silent.token");
        using var cancellation = new CancellationTokenSource();
        var request = nats.RequestAsync<int, int>("silent.token", 1, cancellationToken: cancellation.Token).AsTask();
        await silent.Msgs.ReadAsync(NatsTesting.Deadline);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.WithinAsync("the request ends", request));
    }

    [Fact]
    public async Task Many_replies_come_until_an_empty_one()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var server = await ServeAsync("count", async msg =>
        {
            for (var i = 0; i < msg.Data; i++)
                await msg.ReplyAsync(i);
            await msg.ReplyAsync();
        });
        var replies = new List<int>();
        await foreach (var reply in nats.RequestManyAsync<int, int>("count", 5, cancellationToken: NatsTesting.Deadline))
            replies.Add(reply.Data);
        Assert.Equal([0, 1, 2, 3, 4], replies);
    }

    [Fact]
    public async Task Message_without_reply_subject_can_not_be_replied_to()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await using var sub = await nats.SubscribeCoreAsync<int>("no.reply");
        await nats.PublishAsync("no.reply", 1);
        var msg = await sub.Msgs.ReadAsync(NatsTesting.Deadline);
        await Assert.ThrowsAsync<NatsException>(async () => await msg.ReplyAsync(1));
    }

    private async Task<NatsConnection> ServeAsync(string subject, Func<NatsMsg<int>, Task> answer)
    {
        var nats = await NatsTesting.ConnectAsync(fixture.Server);
        var sub = await nats.SubscribeCoreAsync<int>(subject);
        await nats.PingAsync();
        _ = Task.Run(async () =>
        {
            await foreach (var msg in sub.Msgs.ReadAllAsync())
                await answer(msg);
        });
        return nats;
    }
}
