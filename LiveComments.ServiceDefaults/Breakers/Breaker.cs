using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;

namespace LiveComments.ServiceDefaults.Breakers;

/// <summary>
/// Stands before a part of the system that others can do without, or say 503 for. After so many failures nobody asks it for a while, and
/// nobody waits for it; then one tries. Hot path: a call through a closed breaker costs a look at the clock and an addition.
/// </summary>
/// <remarks>
/// 1. Closed: every call goes through. Failures are remembered by their times, and calls counted in two halves of the time; it opens when there were
///    enough failures, and they are a share of all that is worth it. A breaker by share alone opens at the first failure of five calls, one by number
///    alone when five of a million fail.
/// 2. Open: calls end at once with a <see cref="BrokenCircuitException"/>.
/// 3. Half open: the first call goes through, the others end as before. If it succeeds, the breaker closes and knows of no failure; if it fails, the time
///    starts again; if its caller went away, the next one tries.
/// 4. What became of calls that began before it opened says nothing that isn't known, and changes nothing.
/// </remarks>
public sealed partial class Breaker
{
    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly BreakerLimits _limits;
    private readonly TimeProvider _clock;
    private readonly BreakerMetrics? _metrics;
    private readonly ILogger? _logger;
    private readonly long[] _failedAt;
    private readonly long _halfTicks;
    private volatile BreakerState _state;
    private int _failures;
    private int _generation;
    private long _openedAt;
    private bool _isProbing;
    private long _half;
    private long _successes;
    private long _successesBefore;
    private long _failed;
    private long _failedBefore;

    /// <param name="name">As metrics and logs know it: <c>part.purpose</c>.</param>
    /// <param name="limits">When it opens, and for how long.</param>
    /// <param name="clock">Measures that.</param>
    /// <param name="metrics">Its state is told there.</param>
    /// <param name="logger">Told when it opens and closes.</param>
    public Breaker(string name, BreakerLimits limits, TimeProvider clock, BreakerMetrics? metrics = null, ILogger? logger = null)
    {
        (_name, _limits, _clock, _metrics, _logger) = (name, limits, clock, metrics, logger);
        _failedAt = new long[limits.Failures];
        _halfTicks = Math.Max(1, (long)(limits.Within.TotalSeconds * clock.TimestampFrequency / 2));
        metrics?.Add(this);
    }

    public string Name => _name;

    /// <summary>What the next call would meet. An open breaker whose time is over is half open, though nobody has tried yet.</summary>
    public BreakerState State => _state == BreakerState.Open && IsOpenLongEnough ? BreakerState.HalfOpen : _state;

    /// <param name="call">Asks.</param>
    /// <param name="argument">Handed to it, so that it need not be made anew for each call.</param>
    /// <param name="isFailure">Which exceptions say that the part doesn't answer; others say that it does.</param>
    /// <param name="cancellationToken">The caller goes away; that says nothing of the part.</param>
    /// <exception cref="BrokenCircuitException">It is not asked at present.</exception>
    public async ValueTask<T> CallAsync<TArgument, T>(
        Func<TArgument, CancellationToken, Task<T>> call, TArgument argument, Func<Exception, bool> isFailure, CancellationToken cancellationToken)
    {
        var generation = Enter();
        try
        {
            var result = await call(argument, cancellationToken);
            Succeeded(generation);
            return result;
        }
        catch (Exception exception) when (isFailure(exception) && !cancellationToken.IsCancellationRequested)
        {
            Failed(generation, exception);
            throw;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            GivenUp(generation);
            throw;
        }
        catch
        {
            Succeeded(generation);
            throw;
        }
    }

    private bool IsOpenLongEnough => _clock.GetElapsedTime(Volatile.Read(ref _openedAt)) >= _limits.OpenFor;

    /// <summary>Tells calls of one state's time from those of another's.</summary>
    private int Enter()
    {
        if (_state == BreakerState.Closed)
            return Volatile.Read(ref _generation);
        lock (_lock)
        {
            if (_state == BreakerState.Closed)
                return _generation;
            if (_state == BreakerState.Open && IsOpenLongEnough)
                _state = BreakerState.HalfOpen;
            if (_state == BreakerState.Open || _isProbing)
                throw new BrokenCircuitException($"'{_name}' has failed {_limits.Failures} times within {_limits.Within.TotalSeconds:0} s and is not asked at present.");
            _isProbing = true;
            return ++_generation;
        }
    }

    private void Succeeded(int generation)
    {
        if (_state == BreakerState.Closed)
        {
            CountSuccess();
            return;
        }

        lock (_lock)
        {
            if (_state != BreakerState.HalfOpen || generation != _generation)
                return;
            (_state, _isProbing, _failures) = (BreakerState.Closed, false, 0);
            _generation++;
        }

        if (_logger is not null)
            Closes(_logger, _name);
    }

    private void Failed(int generation, Exception exception)
    {
        lock (_lock)
        {
            // Those that began earlier, and those that a breaker which opened meanwhile would not have let through.
            if (generation != _generation)
                return;
            if (_state == BreakerState.Closed && !IsEnough_NeedsLock())
                return;
            (_state, _isProbing, _failures) = (BreakerState.Open, false, 0);
            Volatile.Write(ref _openedAt, _clock.GetTimestamp());
            _generation++;
        }

        _metrics?.Opened(_name);
        if (_logger is not null)
            Opens(_logger, _name, _limits.OpenFor.TotalSeconds, exception.Message);
    }

    private void GivenUp(int generation)
    {
        if (_state == BreakerState.Closed)
            return;
        lock (_lock)
        {
            if (_state == BreakerState.HalfOpen && generation == _generation)
                _isProbing = false;
        }
    }

    private bool IsEnough_NeedsLock()
    {
        var now = _clock.GetTimestamp();
        TurnHalf(now);
        var failed = Interlocked.Increment(ref _failed) + Interlocked.Read(ref _failedBefore);
        // A ring: what would be written over next is the oldest of the last few.
        _failedAt[_failures % _limits.Failures] = now;
        _failures++;
        if (_failures < _limits.Failures)
            return false;
        var oldest = _failedAt[_failures % _limits.Failures];
        if (_clock.GetElapsedTime(oldest, now) > _limits.Within)
            return false;
        return failed >= BreakerLimits.LeastShare * (failed + Interlocked.Read(ref _successes) + Interlocked.Read(ref _successesBefore));
    }

    private void CountSuccess()
    {
        TurnHalf(_clock.GetTimestamp());
        Interlocked.Increment(ref _successes);
    }

    /// <summary>At the turn a few calls may be counted in the wrong half: what depends on them is a share of thousands.</summary>
    private void TurnHalf(long now)
    {
        var half = now / _halfTicks;
        var known = Interlocked.Read(ref _half);
        if (half == known || Interlocked.CompareExchange(ref _half, half, known) != known)
            return;
        var (successes, failed) = (Interlocked.Exchange(ref _successes, 0), Interlocked.Exchange(ref _failed, 0));
        Interlocked.Exchange(ref _successesBefore, half == known + 1 ? successes : 0);
        Interlocked.Exchange(ref _failedBefore, half == known + 1 ? failed : 0);
    }

    [LoggerMessage(LogLevel.Warning, "'{Name}' is not asked for {Seconds} s: it failed too often. The last failure: {Reason}")]
    private static partial void Opens(ILogger logger, string name, double seconds, string reason);

    [LoggerMessage(LogLevel.Information, "'{Name}' answers again.")]
    private static partial void Closes(ILogger logger, string name);
}
