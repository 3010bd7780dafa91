using System.Diagnostics.CodeAnalysis;
using Polly;
using Polly.Retry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Takes methods out of retrying.</summary>
[Experimental("EXTEXP0001")]
public static class HttpRetryStrategyOptionsExtensions
{
    /// <summary>No retries for DELETE, POST, PUT, CONNECT and PATCH.</summary>
    public static void DisableForUnsafeHttpMethods(this HttpRetryStrategyOptions options) =>
        options.DisableFor(HttpMethod.Delete, HttpMethod.Post, HttpMethod.Put, HttpMethod.Connect, HttpMethod.Patch);

    /// <summary>No retries for these methods.</summary>
    public static void DisableFor(this HttpRetryStrategyOptions options, params HttpMethod[] methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Length == 0)
            throw new ArgumentException("Name at least one method.", nameof(methods));
        ArgumentNullException.ThrowIfNull(options);
        if (options.ShouldHandle is not { } shouldHandle)
            throw new ArgumentException($"{nameof(options.ShouldHandle)} is not set.", nameof(options));

        options.ShouldHandle = async arguments =>
            await shouldHandle(arguments).ConfigureAwait(arguments.Context.ContinueOnCapturedContext)
            && !(MethodOf(arguments) is { } method && methods.Contains(method));
    }

    // A failure without a response is known by its context only.
    private static HttpMethod? MethodOf(RetryPredicateArguments<HttpResponseMessage> arguments) =>
        (arguments.Outcome.Result?.RequestMessage ?? arguments.Context.GetRequestMessage())?.Method;
}
