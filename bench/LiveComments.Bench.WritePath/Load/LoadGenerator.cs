using System.Diagnostics;
using LiveComments.Bench.Common.Sockets;

namespace LiveComments.Bench.WritePath.Load;

/// <summary>Posts comments at a stated rate, whatever the server does, on one thread.</summary>
/// <remarks>
/// 1. Arrivals fall due by a schedule that is fixed beforehand. Each takes a free connection, or waits for one.
/// 2. Wait for answers, no longer than until the next arrival. At high rates (<see cref="LoadPlan.Turn"/>) look half a millisecond later: to
///    wake for each arrival and each answer takes an eighth of a core, which the servers on this machine lack. What that makes
///    later is in the latencies.
/// 3. An answer frees its connection, which at once takes the arrival that has waited longest.
/// Latency counts from the scheduled moment. So a server that stalls is charged with every post that should have been
/// made meanwhile (no coordinated omission), and a generator that is late is charged to the result, too.
/// </remarks>
sealed class LoadGenerator(LoadPlan plan, PostRequests requests)
{
    // Answers that are still missing after the schedule's end count as errors.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);

    // Of a server that is hopelessly behind: what waits longer than this is not sent any more.
    private static readonly TimeSpan MaxBacklog = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeoutCheck = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _measuring = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _measured = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, long> _errors = new(StringComparer.Ordinal);
    private readonly List<int> _latencies = [];
    private readonly List<int>[] _bySecond = [.. Enumerable.Range(0, Math.Max(1, (int)Math.Ceiling(plan.Measured.TotalSeconds))).Select(_ => new List<int>())];
    private readonly Queue<long> _backlog = [];
    private readonly Stack<PostConnection> _free = [];

    private long _measureFrom;
    private long _measureTo;
    private long _acknowledgedInWindow;
    private long _acknowledged;
    private long _sent;
    private int _underWay;
    private int _longestBacklog;

    /// <summary>Ends when the warm-up is over.</summary>
    public Task Measuring => _measuring.Task;

    /// <summary>Ends when the measured time is over; answers may still come in.</summary>
    public Task Measured => _measured.Task;

    public Task<LoadResult> RunAsync() => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private LoadResult Run()
    {
        using var epoll = new Epoll(plan.Connections);
        // Watches nothing: its wait is a pause.
        using var pause = new Epoll(1);
        var connections = new PostConnection[plan.Connections];
        for (var index = 0; index < connections.Length; index++)
        {
            connections[index] = new PostConnection(epoll, index, plan.Ports[index % plan.Ports.Count]);
            _free.Push(connections[index]);
        }

        var started = Stopwatch.GetTimestamp();
        _measureFrom = started + Ticks(plan.WarmUp);
        _measureTo = _measureFrom + Ticks(plan.Measured);
        var schedule = new ArrivalSchedule(plan.Rate, plan.Seed, started, _measureFrom);
        var nextCheck = started + Ticks(TimeoutCheck);
        for (var now = started; ; now = Stopwatch.GetTimestamp())
        {
            Tell(now);
            // 1.
            if (plan.Rate is null && now < _measureTo)
            {
                while (_free.TryPop(out var idle) && Send(idle, now))
                {
                }
            }

            for (; plan.Rate is not null && schedule.Next <= now && schedule.Next < _measureTo; schedule.Advance())
            {
                if (_free.TryPop(out var connection))
                    Send(connection, schedule.Next);
                else if (_backlog.Count < plan.Rate * MaxBacklog.TotalSeconds)
                    _backlog.Enqueue(schedule.Next);
                else
                    Count("GENERATOR_BACKLOG_FULL");
            }

            _longestBacklog = Math.Max(_longestBacklog, _backlog.Count);
            if (now >= _measureTo && ((_underWay == 0 && _backlog.Count == 0) || now > _measureTo + Ticks(Drain)))
                break;
            if (now >= nextCheck)
            {
                nextCheck = now + Ticks(TimeoutCheck);
                DropTheHanging(connections, now);
            }

            // 2.
            if (plan.Turn is { } turn)
                pause.Wait(turn);
            var until = plan.Rate is not null && schedule.Next < _measureTo ? Math.Min(schedule.Next, nextCheck) : nextCheck;
            var ready = epoll.Wait(until > now && plan.Turn is null ? Stopwatch.GetElapsedTime(now, until) : TimeSpan.Zero);
            // 3.
            for (var index = 0; index < ready; index++)
                Receive(connections[epoll.TagAt(index)]);
        }

        Count("NO_ANSWER_AT_THE_END", _underWay + _backlog.Count);
        foreach (var connection in connections)
            connection.Dispose();
        _measured.TrySetResult();
        _latencies.Sort();
        return new LoadResult([.. _latencies], _acknowledgedInWindow, _acknowledged, _sent, _errors, _longestBacklog, plan.Measured, [.. _bySecond.Select(LoadResult.P95)]);
    }

    private void Tell(long now)
    {
        if (now >= _measureFrom)
            _measuring.TrySetResult();
        if (now >= _measureTo)
            _measured.TrySetResult();
    }

    private bool Send(PostConnection connection, long scheduled)
    {
        if (connection.TrySend(requests, scheduled))
        {
            _underWay++;
            _sent++;
            return true;
        }

        Count("NOT_SENT");
        _free.Push(connection);
        return false;
    }

    private void Receive(PostConnection connection)
    {
        var state = connection.Receive();
        if (state == AnswerState.Incomplete)
            return;
        if (!connection.IsUnderWay)
        {
            // Closed by the server between two requests; made anew when its turn comes.
            connection.Rest(state);
            return;
        }

        _underWay--;
        Score(connection, state, Stopwatch.GetTimestamp());
        connection.Rest(state);
        if (_backlog.TryDequeue(out var scheduled))
            Send(connection, scheduled);
        else
            _free.Push(connection);
    }

    private void Score(PostConnection connection, AnswerState state, long now)
    {
        if (state != AnswerState.Whole)
        {
            Count("CONNECTION_CLOSED");
            return;
        }

        if (!connection.IsCreated)
        {
            Count(connection.ErrorCode());
            return;
        }

        _acknowledged++;
        if (now >= _measureFrom && now < _measureTo)
            _acknowledgedInWindow++;
        if (connection.Scheduled < _measureFrom)
            return;
        var latency = (int)Math.Min(Stopwatch.GetElapsedTime(connection.Scheduled, now).TotalMicroseconds, int.MaxValue);
        _latencies.Add(latency);
        _bySecond[Math.Min((int)Stopwatch.GetElapsedTime(_measureFrom, connection.Scheduled).TotalSeconds, _bySecond.Length - 1)].Add(latency);
    }

    private void DropTheHanging(PostConnection[] connections, long now)
    {
        foreach (var connection in connections)
        {
            if (!connection.IsUnderWay || Stopwatch.GetElapsedTime(connection.SentAt, now) < RequestTimeout)
                continue;
            Count("TIMED_OUT");
            _underWay--;
            connection.Rest(AnswerState.Closed);
            _free.Push(connection);
        }
    }

    private void Count(string code, long by = 1)
    {
        if (by > 0)
            _errors[code] = _errors.GetValueOrDefault(code) + by;
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>
    /// The moments at which posts fall due: gaps are exponential, as those of many independent people are. The rate rises
    /// through the warm-up: a process that has compiled nothing yet can't serve the full rate in its first second, and
    /// what piles up then would be charged to the measured time.
    /// </summary>
    private sealed class ArrivalSchedule(int? rate, int seed, long started, long fullFrom)
    {
        private const double FirstShare = 0.05;

        private readonly Random _random = new(seed);
        private double _next = started;

        public long Next => (long)_next;

        public void Advance() => _next += -Math.Log(1 - _random.NextDouble()) / (rate!.Value * Share()) * Stopwatch.Frequency;

        private double Share() => _next >= fullFrom ? 1 : FirstShare + ((1 - FirstShare) * (_next - started) / (fullFrom - started));
    }
}
