using System.Collections.Concurrent;
using LiveComments.TestSupport;
using NATS.Client.Core;

namespace LiveComments.ConformanceTests.Nats;

public sealed class ReconnectTests : IAsyncLifetime
{
    private readonly NatsServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Subscriptions_survive_a_killed_server_and_events_tell_of_it()
    {
        await using var nats = new NatsConnection(NatsTesting.Opts(_server));
        var events = new ConcurrentQueue<string>();
        nats.ConnectionOpened += (_, _) => Note(events, "opened");
        nats.ConnectionDisconnected += (_, _) => Note(events, "lost");
        nats.ReconnectFailed += (_, _) => Note(events, "failed");
        await nats.ConnectAsync();
        await using var plain = await nats.SubscribeCoreAsync<int>("survive.*");
        await using var queue = await nats.SubscribeCoreAsync<int>("survive.*", queueGroup: "q");
        await using var left = await nats.SubscribeCoreAsync<int>("survive.*");
        await left.UnsubscribeAsync();
        await nats.PublishAsync("survive.before", 1);
        await nats.PingAsync();

        await _server.KillAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);
        await Eventually.UntilAsync("an attempt failed", () => events.Contains("failed"));
        await _server.StartAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Open);
        await nats.PublishAsync("survive.after", 2);
        await nats.PingAsync();

        foreach (var sub in new[] { plain, queue })
        {
            Assert.Equal(1, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
            Assert.Equal(2, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
            Assert.Equal(0, sub.Msgs.Count);
        }

        Assert.Equal(0, left.Msgs.Count);
        await Eventually.UntilAsync("the events have come", () => events.Count(name => name == "opened") == 2);
        Assert.Equal(["opened", "lost", "opened"], events.Where(name => name != "failed"));
    }

    [Fact]
    public async Task Publish_and_request_wait_for_the_connection_to_come_back()
    {
        await using var nats = await NatsTesting.ConnectAsync(_server);
        await using var sub = await nats.SubscribeCoreAsync<int>("waiting");
        await _server.KillAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);

        var publish = nats.PublishAsync("waiting", 7).AsTask();
        var ping = nats.PingAsync().AsTask();
        Assert.False(publish.IsCompleted || ping.IsCompleted);
        await _server.StartAsync();

        await Eventually.WithinAsync("the publish goes out", publish);
        await Eventually.WithinAsync("the ping is answered", ping);
        Assert.Equal(7, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
    }

    [Fact]
    public async Task Waiting_publish_ends_with_its_token()
    {
        await using var nats = await NatsTesting.ConnectAsync(_server);
        await _server.KillAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);
        using var cancellation = new CancellationTokenSource();
        var publish = nats.PublishAsync("token", 1, cancellationToken: cancellation.Token).AsTask();
        Assert.False(publish.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.WithinAsync("the publish ends", publish));
    }

    [Fact]
    public async Task Waiting_publish_ends_with_the_command_timeout_when_told_so()
    {
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(_server) with { PublishTimeoutOnDisconnected = true, CommandTimeout = TimeSpan.FromMilliseconds(200) });
        await _server.KillAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.WithinAsync("the publish ends", nats.PublishAsync("limit", 1).AsTask()));
    }

    [Fact]
    public async Task Order_holds_over_a_restart_and_whole_publishes_are_never_torn()
    {
        await using var publisher = await NatsTesting.ConnectAsync(_server);
        await using var reader = await NatsTesting.ConnectAsync(_server);
        await using var sub = await reader.SubscribeCoreAsync<string>("torn", opts: new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = 1_000_000 } });
        await reader.PingAsync();
        using var stop = new CancellationTokenSource();
        var padding = new string('x', 300);
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await publisher.PublishAsync("torn", $"{++sent}:{padding}");
        });
        await Eventually.UntilAsync("messages flow", () => sub.Msgs.Count > 1_000);
        await _server.KillAsync();
        await _server.StartAsync();
        await NatsTesting.UntilStateAsync(reader, NatsConnectionState.Open);
        var before = sub.Msgs.Count;
        await Eventually.UntilAsync("messages flow again", () => sub.Msgs.Count > before + 1_000);
        await stop.CancelAsync();
        await sending;
        await publisher.PublishAsync("torn", $"{++sent}:{padding}");

        var last = 0;
        while (last < sent)
        {
            var msg = await sub.Msgs.ReadAsync(NatsTesting.Deadline);
            var number = int.Parse(msg.Data!.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(padding.Length, msg.Data.Split(':')[1].Length);
            Assert.True(number > last, $"{number} came after {last}");
            last = number;
        }
    }

    [Fact]
    public async Task Connecting_without_a_server_fails_at_once()
    {
        await using var nats = new NatsConnection(new NatsOpts { Url = $"nats://127.0.0.1:{ServerProcess.FreePort()}" });
        await Assert.ThrowsAsync<NatsException>(() => Eventually.WithinAsync("the attempt ends", nats.ConnectAsync().AsTask()));
        Assert.Equal(NatsConnectionState.Closed, nats.ConnectionState);
    }

    [Fact]
    public async Task Connecting_before_the_server_is_there_waits_when_told_so()
    {
        await _server.StopAsync();
        await using var nats = new NatsConnection(NatsTesting.Opts(_server) with { RetryOnInitialConnect = true });
        var connecting = nats.ConnectAsync().AsTask();
        await _server.StartAsync();
        await Eventually.WithinAsync("it connects", connecting);
        Assert.Equal(NatsConnectionState.Open, nats.ConnectionState);
    }

    [Fact]
    public async Task Another_server_of_the_list_takes_over()
    {
        await using var second = new NatsServer();
        await second.StartAsync();
        var dead = $"nats://127.0.0.1:{ServerProcess.FreePort()}";
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(_server) with { Url = $"{dead}, {_server.Url}, {second.Url}", NoRandomize = true });
        Assert.Equal(_server.Port, nats.ServerInfo!.Port);
        await using var sub = await nats.SubscribeCoreAsync<int>("moved");
        await _server.KillAsync();
        await Eventually.UntilAsync("it moved to the other server", () => nats.ConnectionState == NatsConnectionState.Open && nats.ServerInfo.Port == second.Port);
        await nats.PublishAsync("moved", 3);
        Assert.Equal(3, (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
    }

    [Fact]
    public async Task Connection_is_given_up_after_the_allowed_retries()
    {
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(_server) with { MaxReconnectRetry = 2 });
        await _server.KillAsync();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Failed);
        await Assert.ThrowsAsync<NatsConnectionFailedException>(async () => await nats.PublishAsync("failed", 1));
    }

    [Fact]
    public async Task Server_that_no_longer_answers_pings_is_left()
    {
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(_server) with { PingInterval = TimeSpan.FromMilliseconds(100), MaxPingOut = 2 });
        _server.Pause();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Reconnecting);
        _server.Resume();
        await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Open);
        await nats.PingAsync(NatsTesting.Deadline);
    }

    [Fact]
    public async Task Connection_stays_open_while_pings_are_answered_and_reconnects_on_demand()
    {
        await using var nats = new NatsConnection(NatsTesting.Opts(_server) with { PingInterval = TimeSpan.FromMilliseconds(20) });
        var opened = 0;
        nats.ConnectionOpened += (_, _) =>
        {
            Interlocked.Increment(ref opened);
            return default;
        };
        await nats.ConnectAsync();
        for (var i = 0; i < 10; i++)
            await nats.PingAsync();
        await nats.ReconnectAsync();
        await Eventually.UntilAsync("it was opened twice", () => Volatile.Read(ref opened) == 2);
        await nats.PingAsync();
    }

    [Fact]
    public async Task Pings_and_messages_stay_matched_over_many_reconnects()
    {
        await using var nats = await NatsTesting.ConnectAsync(_server);
        await using var sub = await nats.SubscribeCoreAsync<int>("shaken", opts: new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = 1_000_000 } });
        using var stop = new CancellationTokenSource();
        var pinging = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await nats.PingAsync(NatsTesting.Deadline);
                }
                catch (OperationCanceledException)
                {
                    // Its connection was lost.
                }
            }
        })));
        var sent = 0;
        var publishing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await nats.PublishAsync("shaken", ++sent);
                await nats.PublishAsync("unheard", sent);
            }
        });
        for (var i = 0; i < 20; i++)
        {
            await nats.ReconnectAsync();
            await NatsTesting.UntilStateAsync(nats, NatsConnectionState.Open);
        }

        await stop.CancelAsync();
        await Eventually.WithinAsync("pings and publishes end", Task.WhenAll(pinging, publishing));
        await nats.PublishAsync("shaken", ++sent);
        var last = 0;
        while (last < sent)
        {
            var number = (await sub.Msgs.ReadAsync(NatsTesting.Deadline)).Data;
            Assert.True(number > last, $"{number} came after {last}");
            last = number;
        }
    }

    [Fact]
    public async Task Lame_duck_mode_is_told()
    {
        await using var nats = await NatsTesting.ConnectAsync(_server);
        var told = new TaskCompletionSource<NatsLameDuckModeActivatedEventArgs>();
        nats.LameDuckModeActivated += (_, args) =>
        {
            told.TrySetResult(args);
            return default;
        };
        ProcessSignal.Send(_server.ProcessId, "USR2");
        var args = await Eventually.WithinAsync("the event has come", told.Task);
        Assert.Equal(_server.Port, args.Uri.Port);
    }

    [Fact]
    public async Task Error_of_the_server_is_told()
    {
        await _server.StopAsync();
        _server.Configuration = """authorization { users: [ { user: "u", password: "p", permissions: { publish: "allowed.>", subscribe: ["allowed.>", "_INBOX.>"] } } ] }""";
        await _server.StartAsync();
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(_server) with { AuthOpts = new NatsAuthOpts { Username = "u", Password = "p" } });
        var told = new TaskCompletionSource<NatsServerErrorEventArgs>();
        nats.ServerError += (_, args) =>
        {
            told.TrySetResult(args);
            return default;
        };
        await nats.PublishAsync("forbidden", 1);
        var args = await Eventually.WithinAsync("the event has come", told.Task);
        Assert.Equal(NatsServerErrorKind.PermissionsViolation, args.Kind);
        await nats.PingAsync();
    }

    [Fact]
    public async Task Disposal_ends_subscriptions_and_sends_what_was_published()
    {
        await using var other = await NatsTesting.ConnectAsync(_server);
        await using var receiver = await other.SubscribeCoreAsync<int>("last.words");
        await other.PingAsync();
        var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(_server) with { DrainSubscriptionsOnDispose = true });
        var sub = await nats.SubscribeCoreAsync<int>("never");
        for (var i = 0; i < 1_000; i++)
            await nats.PublishAsync("last.words", i);
        await nats.DisposeAsync();
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(i, (await receiver.Msgs.ReadAsync(NatsTesting.Deadline)).Data);
        Assert.False(await sub.Msgs.WaitToReadAsync(NatsTesting.Deadline));
        await Assert.ThrowsAnyAsync<Exception>(async () => await nats.PublishAsync("never", 1));
        await nats.DisposeAsync(); // twice is once
    }

    private static ValueTask Note(ConcurrentQueue<string> events, string name)
    {
        events.Enqueue(name);
        return default;
    }
}
