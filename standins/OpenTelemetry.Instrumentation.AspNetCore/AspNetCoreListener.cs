using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Context.Propagation;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>
/// Hears ASP.NET Core's diagnostic events while the request's activity is current, names that activity and gives it
/// its attributes by the HTTP semantic conventions. A callback of the application that throws never reaches the request.
/// </summary>
internal sealed class AspNetCoreListener : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string ListenerName = "Microsoft.AspNetCore";
    // Hosting asks for the operation itself before it creates an activity.
    private const string Operation = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string StartEvent = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Start";
    private const string StopEvent = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Stop";
    private const string HostingException = "Microsoft.AspNetCore.Hosting.UnhandledException";
    private const string DiagnosticsException = "Microsoft.AspNetCore.Diagnostics.UnhandledException";

    // Bounded by the handful of payload types that ASP.NET Core has.
    private static readonly ConcurrentDictionary<Type, PropertyInfo?> ExceptionProperties = new();

    private readonly AspNetCoreTraceInstrumentationOptions _options;
    private readonly IDisposable _allListeners;
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    public AspNetCoreListener(AspNetCoreTraceInstrumentationOptions options)
    {
        _options = options;
        _allListeners = DiagnosticListener.AllListeners.Subscribe(this);
    }

    public void Dispose()
    {
        _allListeners.Dispose();
        while (_subscriptions.TryTake(out var subscription))
            subscription.Dispose();
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == ListenerName)
        {
            _subscriptions.Add(value.Subscribe(
                this,
                static name => name is Operation or StartEvent or StopEvent or HostingException or DiagnosticsException));
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted() { }

    void IObserver<DiagnosticListener>.OnError(Exception error) { }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (Activity.Current is not { } activity)
            return;

        switch (value.Key)
        {
            case StartEvent when value.Value is HttpContext context:
                Started(activity, context);
                break;
            case StopEvent when activity.IsAllDataRequested && value.Value is HttpContext context:
                Stopped(activity, context);
                break;
            case HostingException or DiagnosticsException when activity.IsAllDataRequested && ExceptionOf(value.Value) is { } exception:
                Failed(activity, exception);
                break;
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted() { }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error) { }

    private void Started(Activity activity, HttpContext context)
    {
        var request = context.Request;
        TakeBaggage(request);

        if (!activity.IsAllDataRequested)
            return;

        if (!Allowed(context))
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        // The route is known only when routing has run: until then the method alone names the span.
        activity.DisplayName = SpanNames.Of(request.Method, route: null);
        HttpAttributes.SetRequest(activity, request);
        Guarded(_options.EnrichWithHttpRequest, activity, request);
    }

    private void Stopped(Activity activity, HttpContext context)
    {
        if (MatchedRoute.Of(context) is { } route)
        {
            activity.DisplayName = SpanNames.Of(context.Request.Method, route);
            activity.SetTag(HttpAttributes.Route, route);
        }

        HttpAttributes.SetResponse(activity, context.Response);
        Guarded(_options.EnrichWithHttpResponse, activity, context.Response);
    }

    private void Failed(Activity activity, Exception exception)
    {
        activity.SetTag(HttpAttributes.ErrorType, exception.GetType().FullName);
        if (_options.RecordException)
            activity.AddException(exception);
        activity.SetStatus(ActivityStatusCode.Error);
        Guarded(_options.EnrichWithException, activity, exception);
    }

    /// <summary>ASP.NET Core takes W3C trace context from the headers itself, and leaves OpenTelemetry's baggage to us.</summary>
    private static void TakeBaggage(HttpRequest request)
    {
        var propagator = Propagators.DefaultTextMapPropagator;
        if (propagator is TraceContextPropagator)
            return;

        var baggage = propagator.Extract(
            default,
            request,
            static (carrier, name) => carrier.Headers.TryGetValue(name, out var values) ? values : default(IEnumerable<string>)).Baggage;
        if (baggage.Count > 0 || Baggage.Current.Count > 0)
            Baggage.Current = baggage;
    }

    private bool Allowed(HttpContext context)
    {
        try
        {
            return _options.Filter?.Invoke(context) ?? true;
        }
        catch (Exception exception)
        {
            AspNetCoreInstrumentationEvents.Log.CallbackFailed(nameof(_options.Filter), exception.ToString());
            return false;
        }
    }

    private static void Guarded<T>(Action<Activity, T>? callback, Activity activity, T subject)
    {
        try
        {
            callback?.Invoke(activity, subject);
        }
        catch (Exception exception)
        {
            AspNetCoreInstrumentationEvents.Log.CallbackFailed(typeof(T).Name, exception.ToString());
        }
    }

    // The payloads are private types; the property is called "exception" in the one and "Exception" in the other.
    private static Exception? ExceptionOf(object? payload) =>
        payload is null ? null : ExceptionProperties.GetOrAdd(
            payload.GetType(),
            static type => type.GetProperty("exception", BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase))?.GetValue(payload) as Exception;
}

/// <summary>For OTEL_DIAGNOSTICS.json and event listeners: trouble in the application's own callbacks.</summary>
[EventSource(Name = "OpenTelemetry-Instrumentation-AspNetCore")]
internal sealed class AspNetCoreInstrumentationEvents : EventSource
{
    public static readonly AspNetCoreInstrumentationEvents Log = new();

    [Event(1, Message = "The callback {0} threw: {1}", Level = EventLevel.Error)]
    public void CallbackFailed(string callback, string exception) => WriteEvent(1, callback, exception);
}
