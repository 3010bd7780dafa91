using System.Threading.Channels;
using LiveComments.TestSupport;
using NATS.Client.Core;

namespace LiveComments.UnitTests.Feed;

/// <summary>
/// One node's way to nats-server, as bad as a test wants: live messages are lost, come twice, or late and in another order;
/// while the server is away all are lost, and requests fail.
/// </summary>
sealed class FakeNetwork
{
    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<(Subscription To, NatsMsg<byte[]> Message)> _underway = [];
    private bool _isBad = true;

    public FakeNetwork(Random random)
    {
        _random = new Random(random.Next());
        Connection = Answering.As<INatsConnection>((name, arguments) => name switch
        {
            nameof(INatsConnection.SubscribeCoreAsync) => SubscribeAsync((string)arguments[0]!),
            nameof(INatsConnection.PingAsync) => PingAsync(),
            $"get_{nameof(INatsConnection.ServerInfo)}" => null,
            _ => throw new NotSupportedException(name),
        });
    }

    public INatsConnection Connection { get; }

    public bool IsAway { get; set; }

    /// <summary>The server sends a message to who subscribed to it.</summary>
    public void Publish(string subject, NatsHeaders headers, byte[] body)
    {
        lock (_lock)
        {
            foreach (var subscription in _subscriptions.Where(subscription => subscription.Subject == subject))
            {
                var message = new NatsMsg<byte[]>(subject, null, body.Length, headers, body, null);
                // The server may have heard of a subscription that its client is not sure of yet.
                var fate = IsAway || (!subscription.Stands && _random.Next(2) == 0) ? 0 : _isBad ? _random.Next(8) : 7;
                if (fate is 1 or 2)
                    _underway.Add((subscription, message));
                if (fate >= 2)
                    subscription.Take(message);
            }
        }
    }

    /// <summary>Some of what is late comes, in whatever order.</summary>
    public void DeliverLate(int messages)
    {
        lock (_lock)
        {
            for (; messages > 0 && _underway.Count > 0; messages--)
            {
                var index = _random.Next(_underway.Count);
                _underway[index].To.Take(_underway[index].Message);
                _underway.RemoveAt(index);
            }
        }
    }

    /// <summary>From now on everything comes, and what was late has come.</summary>
    public void Heal()
    {
        (_isBad, IsAway) = (false, false);
        DeliverLate(int.MaxValue);
    }

    /// <summary>A request, which takes its time.</summary>
    public async ValueTask<T> AskAsync<T>(Func<T> answer)
    {
        for (var hops = Next(3); hops > 0; hops--)
            await Task.Yield();
        FailSometimes();
        var answered = answer();
        // The answer is on its way, and the world goes on.
        for (var hops = Next(3); hops > 0; hops--)
            await Task.Yield();
        return answered;
    }

    private async ValueTask<INatsSub<byte[]>> SubscribeAsync(string subject)
    {
        FailSometimes();
        var subscription = new Subscription(subject);
        lock (_lock)
            _subscriptions.Add(subscription);
        await Task.Yield();
        return Answering.As<INatsSub<byte[]>>((name, _) => name switch
        {
            "get_" + nameof(INatsSub<byte[]>.Msgs) => subscription.Messages,
            nameof(IAsyncDisposable.DisposeAsync) => Forget(subscription),
            _ => throw new NotSupportedException(name),
        });
    }

    private ValueTask Forget(Subscription subscription)
    {
        lock (_lock)
            _subscriptions.Remove(subscription);
        return ValueTask.CompletedTask;
    }

    // A pong comes after everything that the server was told before the ping.
    private async ValueTask<TimeSpan> PingAsync()
    {
        await AskAsync(() =>
        {
            lock (_lock)
                _subscriptions.ForEach(subscription => subscription.Stands = true);
            return true;
        });
        return TimeSpan.Zero;
    }

    private void FailSometimes()
    {
        if (IsAway || (_isBad && Next(40) == 0))
            throw Next(2) == 0 ? new NatsException("away") : new TimeoutException("no answer");
    }

    private int Next(int below)
    {
        lock (_lock)
            return _random.Next(below);
    }

    private sealed class Subscription(string subject)
    {
        private readonly Channel<NatsMsg<byte[]>> _channel = Channel.CreateUnbounded<NatsMsg<byte[]>>();

        public string Subject { get; } = subject;

        public bool Stands { get; set; }

        public ChannelReader<NatsMsg<byte[]>> Messages => _channel.Reader;

        public void Take(NatsMsg<byte[]> message) => _channel.Writer.TryWrite(message);
    }
}
