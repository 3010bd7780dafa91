using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

/// <summary>
/// A connection to a NATS server, or to one of several: opened by the first use, opened again whenever it is lost.
/// Safe for any number of concurrent callers. This file: its state, from opening to disposal.
/// </summary>
public partial class NatsConnection : INatsConnection
{
    // A write buffer that is smaller than a usual message would only cost time.
    private const int MinWriterBuffer = 1024;

    // What a disposal waits for the server to have read what was published.
    private static readonly TimeSpan DisposeFlushTimeout = TimeSpan.FromSeconds(1);

    // The loops end at once when the socket is gone; a handler that hangs is not waited for.
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private readonly OutgoingBuffer _outgoing;
    private readonly RequestInbox _inbox;
    private readonly ConcurrentDictionary<int, NatsSubBase> _subs = new();
    private readonly CancellationTokenSource _disposing = new();
    private readonly int _inboxSid;
    private volatile ServerInfo? _serverInfo;
    private volatile ServerSession? _session;
    private volatile NatsConnectionState _state;
    private TaskCompletionSource _opened = NewOpened();
    private Task _running = Task.CompletedTask;
    private string _lastAuthError = "";
    private bool _sameAuthErrorTwice;
    private TimeSpan _backoff;
    private int _attempts;
    private int _lastSid;
    private int _disposed;

    public NatsConnection()
        : this(NatsOpts.Default)
    {
    }

    public NatsConnection(NatsOpts opts)
    {
        Opts = opts.WithCredentialsFromUrl();
        _logger = opts.LoggerFactory.CreateLogger<NatsConnection>();
        _outgoing = new OutgoingBuffer(Math.Max(opts.WriterBufferSize, MinWriterBuffer));
        InboxPrefix = NewInbox(opts.InboxPrefix);
        _inbox = new RequestInbox(InboxPrefix);
        _inboxSid = Interlocked.Increment(ref _lastSid);
        _raising = Task.Run(RaiseEventsAsync);
    }

    public INatsConnection Connection => this;

    public NatsOpts Opts { get; }

    public NatsConnectionState ConnectionState => _state;

    public INatsServerInfo? ServerInfo => _serverInfo;

    public Func<(string Host, int Port), ValueTask<(string Host, int Port)>>? OnConnectingAsync { get; set; }

    internal string InboxPrefix { get; }

    internal bool IsDisposed => Volatile.Read(ref _disposed) == 1;

    /// <summary>Returns at once when open. While it is being opened again, waits for as long as that takes.</summary>
    public async ValueTask ConnectAsync()
    {
        while (true)
        {
            Task? others = null;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(IsDisposed, this);
                switch (_state)
                {
                    case NatsConnectionState.Open:
                        return;
                    case NatsConnectionState.Failed:
                        throw new NatsConnectionFailedException("Connection is in failed state");
                    case NatsConnectionState.Closed:
                        _state = NatsConnectionState.Connecting;
                        break;
                    default:
                        others = _opened.Task;
                        break;
                }
            }

            try
            {
                await (others ?? OpenFirstAsync()).ConfigureAwait(false);
                return;
            }
            catch (NatsException exception) when (Opts.RetryOnInitialConnect && exception is not NatsConnectionFailedException)
            {
                await BackOffAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Drops the connection on purpose; it is opened again at once.</summary>
    public ValueTask ReconnectAsync()
    {
        if (_state == NatsConnectionState.Open)
            _session?.Abort();
        return default;
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        if (_state == NatsConnectionState.Open)
        {
            if (Opts.DrainSubscriptionsOnDispose)
                await Task.WhenAll(_subs.Values.Select(sub => sub.DrainAsync(CancellationToken.None).AsTask())).ConfigureAwait(false);
            await FlushAsync().ConfigureAwait(false);
        }

        await _disposing.CancelAsync().ConfigureAwait(false);
        lock (_gate)
        {
            if (_state != NatsConnectionState.Failed)
                _state = NatsConnectionState.Closed;
            _opened.TrySetCanceled(CancellationToken.None);
        }

        _session?.Abort();
        await Task.WhenAny(_running, Task.Delay(DisposeTimeout, TimeProvider.System, CancellationToken.None)).ConfigureAwait(false);
        _outgoing.Close();
        CancelPings();
        _inbox.Dispose();
        foreach (var sub in _subs.Values)
            sub.End(NatsSubEndReason.None);
        _events.Writer.TryComplete();
        await Task.WhenAny(_raising, Task.Delay(DisposeTimeout, TimeProvider.System, CancellationToken.None)).ConfigureAwait(false);
        _disposing.Dispose();
        GC.SuppressFinalize(this);
    }

    internal void OnInfo(ServerInfo info, ServerUrl url)
    {
        var isNews = info.LameDuckMode && _serverInfo?.LameDuckMode != true;
        _serverInfo = info;
        if (isNews)
            Raise(new NatsLameDuckModeActivatedEventArgs(url.Uri));
    }

    internal void OnServerError(string error)
    {
        LogServerError(_logger, error);
        Raise(new NatsServerErrorEventArgs(error));
    }

    private static TaskCompletionSource NewOpened() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task OpenFirstAsync()
    {
        var urls = Opts.ServerUrls();
        Exception? last = null;
        foreach (var url in urls)
        {
            try
            {
                var session = await OpenAsync(url).ConfigureAwait(false);
                Begin(session);
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                last = exception;
                LogConnectFailed(_logger, url, exception);
                if (IsDisposed)
                    break;
            }
        }

        var tried = string.Join(",", urls.Select(url => url.ToString()));
        var failure = new NatsException(last is NatsException ? $"can not start to connect nats server: {tried}" : $"can not connect uris: {tried}", last!);
        lock (_gate)
        {
            _state = NatsConnectionState.Closed;
            Refuse_NeedsLock(failure);
            _opened = NewOpened();
        }

        throw failure;
    }

    private async Task<ServerSession> OpenAsync(ServerUrl url)
    {
        var target = (url.Host, url.Port);
        if (OnConnectingAsync is { } onConnecting)
            target = await onConnecting(target).ConfigureAwait(false);
        try
        {
            var session = await ServerSession.OpenAsync(this, _outgoing, url, target, _disposing.Token).ConfigureAwait(false);
            _lastAuthError = "";
            return session;
        }
        catch (NatsServerException exception) when (exception.IsAuthError)
        {
            // The same refusal twice running won't change by itself.
            _sameAuthErrorTwice = !Opts.IgnoreAuthErrorAbort && _lastAuthError == exception.Error;
            _lastAuthError = exception.Error;
            throw;
        }
    }

    /// <summary>The session is logged in: tells the server what we listen to, then lets everybody through.</summary>
    private void Begin(ServerSession session)
    {
        var commands = CommandScratch.Rent();
        commands.Subscribe(_inboxSid, _inbox.Subject, queueGroup: null, Opts.SubjectEncoding);
        foreach (var sub in _subs.Values)
            sub.WriteResubscribe(commands);
        RestartOutgoing(commands.Written(0, commands.Length));
        CommandScratch.Return(commands);
        lock (_gate)
        {
            if (IsDisposed)
            {
                session.Abort();
                return;
            }

            (_attempts, _backoff) = (0, TimeSpan.Zero);
            _session = session;
            _running = Task.Run(() => RunAsync(session));
            _state = NatsConnectionState.Open;
            _opened.TrySetResult();
        }

        LogOpened(_logger, session.Url);
        Raise(new NatsEventArgs(session.Url.ToString()), isOpened: true);
    }

    private async Task RunAsync(ServerSession session)
    {
        using var ended = new CancellationTokenSource();
        var pinging = PingRegularlyAsync(session, ended.Token);
        var reason = await session.RunAsync().ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await pinging.ConfigureAwait(false);
        lock (_gate)
        {
            if (_disposing.IsCancellationRequested)
                return;
            _state = NatsConnectionState.Reconnecting;
            _opened = NewOpened();
        }

        CancelPings();
        LogLost(_logger, session.Url, reason);
        foreach (var sub in _subs.Values)
            sub.OnDisconnected();
        Raise(new NatsEventArgs(session.Url.ToString()), isOpened: false);
        try
        {
            await ReopenAsync(session.Url).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            if (!_disposing.IsCancellationRequested)
                LogGivenUp(_logger, exception);
        }
    }

    private async Task ReopenAsync(ServerUrl lost)
    {
        while (true)
        {
            // The seeds stay in the list for ever; the one that was lost comes last.
            var reported = (_serverInfo?.ClientConnectUrls ?? []).Select(url => ServerUrl.Parse(url, isSeed: false)).ToArray();
            if (!Opts.NoRandomize)
                Random.Shared.Shuffle(reported);
            foreach (var url in reported.Concat(Opts.ServerUrls()).Distinct().Where(url => url != lost).Append(lost))
            {
                _disposing.Token.ThrowIfCancellationRequested();
                try
                {
                    Begin(await OpenAsync(url).ConfigureAwait(false));
                    return;
                }
                catch (Exception exception) when (exception is not OutOfMemoryException && !_disposing.IsCancellationRequested)
                {
                    LogConnectFailed(_logger, url, exception);
                    Raise(new NatsEventArgs(url.ToString()), isOpened: null);
                }

                await BackOffAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits before the next attempt, longer each time; gives the connection up when there should be none.</summary>
    private async Task BackOffAsync()
    {
        TimeSpan wait;
        lock (_gate)
        {
            _attempts++;
            string? reason = null;
            if (_sameAuthErrorTwice)
                reason = "Maximum authentication attempts exceeded";
            else if (Opts.MaxReconnectRetry > 0 && _attempts > Opts.MaxReconnectRetry)
                reason = "Maximum connection retry attempts exceeded";
            if (reason is not null)
            {
                var failure = new NatsConnectionFailedException(reason);
                _state = NatsConnectionState.Failed;
                Refuse_NeedsLock(failure);
                throw failure;
            }

            var doubled = _backoff == TimeSpan.Zero ? Opts.ReconnectWaitMin : _backoff * 2;
            var max = Opts.ReconnectWaitMax > Opts.ReconnectWaitMin ? Opts.ReconnectWaitMax : Opts.ReconnectWaitMin;
            _backoff = doubled < max ? doubled : max;
            wait = _backoff + (Opts.ReconnectJitter * Random.Shared.NextDouble());
        }

        await Task.Delay(wait, TimeProvider.System, _disposing.Token).ConfigureAwait(false);
    }

    private void Refuse_NeedsLock(Exception failure)
    {
        if (_opened.TrySetException(failure))
            _ = _opened.Task.Exception; // seen: perhaps nobody waits
    }

    private async Task FlushAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(DisposeFlushTimeout);
            await SendPingAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server is gone or too slow; what it has not read is lost.
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to NATS {Url}")]
    private static partial void LogOpened(ILogger logger, ServerUrl url);

    [LoggerMessage(LogLevel.Warning, "Lost NATS {Url}")]
    private static partial void LogLost(ILogger logger, ServerUrl url, Exception reason);

    [LoggerMessage(LogLevel.Warning, "Can't connect to NATS {Url}")]
    private static partial void LogConnectFailed(ILogger logger, ServerUrl url, Exception reason);

    [LoggerMessage(LogLevel.Error, "NATS is given up")]
    private static partial void LogGivenUp(ILogger logger, Exception reason);

    [LoggerMessage(LogLevel.Warning, "NATS server error: {Error}")]
    private static partial void LogServerError(ILogger logger, string error);

    [LoggerMessage(LogLevel.Warning, "Slow consumer: the subscription to {Subject} drops messages")]
    private static partial void LogSlowConsumer(ILogger logger, string subject);

    [LoggerMessage(LogLevel.Error, "A handler of a NATS event failed")]
    private static partial void LogHandlerFailed(ILogger logger, Exception reason);
}
