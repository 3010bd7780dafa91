using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// Sends each request through a pipeline. An attempt sends the same message again, with the same content:
/// content that can be read only once (a stream that can't seek) can't be retried.
/// </summary>
public class ResilienceHandler : DelegatingHandler
{
    private readonly Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> _pipelineProvider;

    /// <summary>A pipeline for each request.</summary>
    public ResilienceHandler(Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> pipelineProvider)
    {
        ArgumentNullException.ThrowIfNull(pipelineProvider);
        _pipelineProvider = pipelineProvider;
    }

    /// <summary>One pipeline for all requests.</summary>
    public ResilienceHandler(ResiliencePipeline<HttpResponseMessage> pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        _pipelineProvider = _ => pipeline;
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        var pipeline = _pipelineProvider(request);
        var execution = Execution.Begin(request, cancellationToken);
        try
        {
            var outcome = await pipeline.ExecuteOutcomeAsync(
                static async (context, state) =>
                {
                    try
                    {
                        return Outcome.FromResult(await state.Handler
                            .SendInnerAsync(Execution.RequestOf(context, state.Request), context.CancellationToken)
                            .ConfigureAwait(context.ContinueOnCapturedContext));
                    }
                    catch (Exception exception)
                    {
                        // Any exception may be one that a strategy handles.
                        return Outcome.FromException<HttpResponseMessage>(exception);
                    }
                },
                execution.Context,
                (Handler: this, Request: request)).ConfigureAwait(execution.Context.ContinueOnCapturedContext);

            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            execution.End(request);
        }
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        var pipeline = _pipelineProvider(request);
        var execution = Execution.Begin(request, cancellationToken);
        try
        {
            return pipeline.Execute(
                static (context, state) =>
                    state.Handler.SendInner(Execution.RequestOf(context, state.Request), context.CancellationToken),
                execution.Context,
                (Handler: this, Request: request));
        }
        finally
        {
            execution.End(request);
        }
    }

    // A lambda can't name a protected member of the base class.
    private Task<HttpResponseMessage> SendInnerAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);

    private HttpResponseMessage SendInner(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.Send(request, cancellationToken);

    /// <summary>The context of one request: the caller's if it brought one, else one from the pool, which goes back there.</summary>
    private readonly record struct Execution(ResilienceContext Context, bool IsOurs)
    {
        public static Execution Begin(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var callers = request.GetResilienceContext();
            var context = callers ?? ResilienceContextPool.Shared.Get(cancellationToken);
            request.SetResilienceContext(context);
            context.SetRequestMessage(request);
            return new Execution(context, callers is null);
        }

        /// <summary>A strategy may have put another request, or another context, in place.</summary>
        public static HttpRequestMessage RequestOf(ResilienceContext context, HttpRequestMessage original)
        {
            var request = context.GetRequestMessage() ?? original;
            request.SetResilienceContext(context);
            return request;
        }

        public void End(HttpRequestMessage request)
        {
            request.SetResilienceContext(IsOurs ? null : Context);
            if (IsOurs)
                ResilienceContextPool.Shared.Return(Context);
        }
    }
}
