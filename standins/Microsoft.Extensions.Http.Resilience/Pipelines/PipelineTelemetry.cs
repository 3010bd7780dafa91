using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Telemetry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Makes Polly's events visible: logs of the category "Polly", and instruments of the meter "Polly".</summary>
internal sealed partial class PipelineTelemetry(ILogger logger) : TelemetryListener
{
    private static readonly Meter Meter = new("Polly");

    private static readonly Counter<int> Events = Meter.CreateCounter<int>(
        "resilience.polly.strategy.events", description: "Events in resilience strategies.");

    private static readonly Histogram<double> AttemptDuration = Meter.CreateHistogram<double>(
        "resilience.polly.strategy.attempt.duration", "ms", "How long attempts took.");

    private static readonly Histogram<double> PipelineDuration = Meter.CreateHistogram<double>(
        "resilience.polly.pipeline.duration", "ms", "How long executions took, with all their attempts.");

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        Record(in args);

        var level = args.Event.Severity switch
        {
            ResilienceEventSeverity.Debug => LogLevel.Debug,
            ResilienceEventSeverity.Information => LogLevel.Information,
            ResilienceEventSeverity.Warning => LogLevel.Warning,
            ResilienceEventSeverity.Error => LogLevel.Error,
            ResilienceEventSeverity.Critical => LogLevel.Critical,
            _ => LogLevel.None,
        };
        if (level != LogLevel.None && logger.IsEnabled(level))
        {
            Happened(
                level,
                args.Event.EventName,
                args.Source.PipelineName,
                args.Source.StrategyName,
                args.Outcome is { } outcome ? Describe(outcome) : null,
                args.Outcome?.Exception);
        }
    }

    private static void Record<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        switch (args.Arguments)
        {
            case PipelineExecutedArguments executed when PipelineDuration.Enabled:
                PipelineDuration.Record(executed.Duration.TotalMilliseconds, Tags(in args));
                break;
            case ExecutionAttemptArguments attempt when AttemptDuration.Enabled:
                var tags = Tags(in args);
                tags.Add("attempt.number", attempt.AttemptNumber);
                tags.Add("attempt.handled", attempt.Handled);
                AttemptDuration.Record(attempt.Duration.TotalMilliseconds, tags);
                break;
            case PipelineExecutedArguments or ExecutionAttemptArguments:
                break;
            default:
                if (Events.Enabled)
                    Events.Add(1, Tags(in args));
                break;
        }
    }

    private static TagList Tags<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        var tags = new TagList
        {
            { "event.name", args.Event.EventName },
            { "event.severity", args.Event.Severity.ToString() },
        };
        AddIfKnown(ref tags, "pipeline.name", args.Source.PipelineName);
        AddIfKnown(ref tags, "pipeline.instance", args.Source.PipelineInstanceName);
        AddIfKnown(ref tags, "strategy.name", args.Source.StrategyName);
        AddIfKnown(ref tags, "operation.key", args.Context.OperationKey);
        AddIfKnown(ref tags, "exception.type", args.Outcome?.Exception?.GetType().FullName);
        if (args.Outcome is { Result: HttpResponseMessage response })
            tags.Add("error.type", ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
        return tags;
    }

    private static void AddIfKnown(ref TagList tags, string name, string? value)
    {
        if (value is not null)
            tags.Add(name, value);
    }

    // The message's own ToString would log headers, credentials among them.
    private static object? Describe<TResult>(Outcome<TResult> outcome) => outcome switch
    {
        { Exception: { } exception } => exception.Message,
        { Result: HttpResponseMessage response } => (int)response.StatusCode,
        { Result: var result } => result,
    };

    [LoggerMessage(EventId = 0, Message = "{EventName} in {PipelineName}/{StrategyName}, result {Result}", EventName = "ResilienceEvent")]
    private partial void Happened(
        LogLevel level,
        string eventName,
        string? pipelineName,
        string? strategyName,
        object? result,
        Exception? exception);
}
