using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>Measures, and sets the level. On a thread of its own: it must notice when the pool has none left.</summary>
sealed partial class DegradationMonitor(
    DegradationState state, LoadMeter meter, DegradationMetrics metrics, IOptionsMonitor<DegradationOptions> options, TimeProvider clock, ILogger<DegradationMonitor> logger)
    : IHostedService, IDisposable
{
    // Ten samples within the time after which a level is entered: one hiccup is none that all of them show.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly DegradationLadder _ladder = new(clock);
    private readonly ManualResetEvent _stop = new(initialState: false);
    private DegradationOptions _options = options.CurrentValue;
    private Thread? _thread;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "degradation" };
        _thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        do
        {
            Decide();
        }
        while (!_stop.WaitOne(Interval));
    }

    private void Decide()
    {
        try
        {
            _options = options.CurrentValue;
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException or FormatException)
        {
            // Changed while we run: what held before goes on holding.
            Invalid(exception.Message);
        }

        var sample = meter.Take();
        metrics.Measured(sample);
        if (_options.Enabled)
            _ladder.Take(sample, _options);
        var level = _options switch
        {
            { Enabled: false } => DegradationLevel.Normal,
            { Pinned: { } pinned } => pinned,
            _ => _ladder.Level,
        };
        if (level == state.Level)
            return;
        if (_options is { Enabled: true, Pinned: null })
            Changes(state.Level, level, sample.Processor, sample.Delay.TotalMilliseconds, sample.Late);
        else
            ChangesByHand(state.Level, level);
        metrics.Changed(level);
        state.Set(level);
    }

    [LoggerMessage(LogLevel.Warning, "The degradation level goes from {From} to {To}: {Processor:P0} of the processor time is used, and {Late} was late by {Delay:0} ms.")]
    private partial void Changes(DegradationLevel from, DegradationLevel to, double processor, double delay, string late);

    [LoggerMessage(LogLevel.Warning, "The degradation level goes from {From} to {To}, by configuration.")]
    private partial void ChangesByHand(DegradationLevel from, DegradationLevel to);

    [LoggerMessage(LogLevel.Warning, "The degradation settings were changed to what is no good, so the former hold: {Why}")]
    private partial void Invalid(string why);
}
