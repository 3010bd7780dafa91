using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Diagnostics;
using NATS.Client.Core;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Web;

/// <summary>A part of the system that doesn't answer is a 503 with <c>Retry-After</c>, never a 500.</summary>
sealed class PartsAway(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not (NatsException or NpgsqlException or TimeoutException or BrokenCircuitException) && !IsTimeout(exception, httpContext))
            return false;
        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = "1";
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails =
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Extensions = { [Problem.CodeField] = ErrorCodes.Unavailable, [Problem.RetryableField] = true },
                Detail = "A part of the system does not answer; try again in a moment.",
            },
        });
    }

    // Whoever waits with an end of its own says so by a cancellation; the caller is still there.
    private static bool IsTimeout(Exception exception, HttpContext context) => exception is OperationCanceledException && !context.RequestAborted.IsCancellationRequested;
}
