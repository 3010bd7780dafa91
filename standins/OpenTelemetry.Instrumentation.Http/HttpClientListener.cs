using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Reflection;
using OpenTelemetry.Context.Propagation;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>
/// Hears HttpClient's diagnostic events while its activity is current, and applies the options to that activity.
/// A callback of the application that throws never reaches the request: it is reported on the event source.
/// </summary>
internal sealed class HttpClientListener : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string ListenerName = "HttpHandlerDiagnosticListener";
    private const string StartEvent = "System.Net.Http.HttpRequestOut.Start";
    private const string StopEvent = "System.Net.Http.HttpRequestOut.Stop";
    private const string ExceptionEvent = "System.Net.Http.Exception";
    // DiagnosticListener asks for the operation itself before it creates an activity.
    private const string Operation = "System.Net.Http.HttpRequestOut";

    private readonly HttpClientTraceInstrumentationOptions _options;
    private readonly IDisposable _allListeners;
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    public HttpClientListener(HttpClientTraceInstrumentationOptions options)
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
            _subscriptions.Add(value.Subscribe(this, static name => name is Operation or StartEvent or StopEvent or ExceptionEvent));
    }

    void IObserver<DiagnosticListener>.OnCompleted() { }

    void IObserver<DiagnosticListener>.OnError(Exception error) { }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (Activity.Current is not { } activity || value.Value is not { } payload)
            return;

        switch (value.Key)
        {
            case StartEvent when Payload<HttpRequestMessage>(payload, "Request") is { } request:
                Started(activity, request);
                break;
            case StopEvent when activity.IsAllDataRequested && Payload<HttpResponseMessage>(payload, "Response") is { } response:
                Guarded(_options.EnrichWithHttpResponseMessage, activity, response);
                break;
            case ExceptionEvent when activity.IsAllDataRequested && Payload<Exception>(payload, "Exception") is { } exception:
                Failed(activity, exception);
                break;
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted() { }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error) { }

    private void Started(Activity activity, HttpRequestMessage request)
    {
        // HttpClient writes W3C trace context itself. Baggage, or another format that the application chose, is ours to write,
        // also for a request that is not sampled: a service further on may decide differently.
        if (Propagators.DefaultTextMapPropagator is { } propagator and not TraceContextPropagator)
        {
            propagator.Inject(new PropagationContext(activity.Context, Baggage.Current), request, static (carrier, key, value) =>
            {
                carrier.Headers.Remove(key);
                carrier.Headers.TryAddWithoutValidation(key, value);
            });
        }

        // With a subscriber present HttpClient makes an activity even if the sampler said no. Such a one has no source.
        if (string.IsNullOrEmpty(activity.Source.Name))
            activity.IsAllDataRequested = false;
        if (!activity.IsAllDataRequested)
            return;

        if (!Allowed(request))
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        Guarded(_options.EnrichWithHttpRequestMessage, activity, request);
    }

    private void Failed(Activity activity, Exception exception)
    {
        // HttpClient itself sets error.type and the status; only the event is ours.
        if (_options.RecordException)
            activity.AddException(exception);
        Guarded(_options.EnrichWithException, activity, exception);
    }

    private bool Allowed(HttpRequestMessage request)
    {
        try
        {
            return _options.FilterHttpRequestMessage?.Invoke(request) ?? true;
        }
        catch (Exception exception)
        {
            HttpClientInstrumentationEvents.Log.CallbackFailed(nameof(_options.FilterHttpRequestMessage), exception.ToString());
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
            HttpClientInstrumentationEvents.Log.CallbackFailed(typeof(T).Name, exception.ToString());
        }
    }

    // The payloads are private types with public properties.
    private static T? Payload<T>(object payload, string name) where T : class =>
        PayloadProperties.GetOrAdd((payload.GetType(), name), static key => key.Type.GetProperty(key.Name))?.GetValue(payload) as T;

    // Bounded by the handful of payload types that HttpClient has.
    private static readonly ConcurrentDictionary<(Type Type, string Name), PropertyInfo?> PayloadProperties = new();
}

/// <summary>For OTEL_DIAGNOSTICS.json and event listeners: trouble in the application's own callbacks.</summary>
[EventSource(Name = "OpenTelemetry-Instrumentation-Http")]
internal sealed class HttpClientInstrumentationEvents : EventSource
{
    public static readonly HttpClientInstrumentationEvents Log = new();

    [Event(1, Message = "The callback {0} threw: {1}", Level = EventLevel.Error)]
    public void CallbackFailed(string callback, string exception) => WriteEvent(1, callback, exception);
}
