using System.Globalization;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LiveComments.ServiceDefaults.Problems;

/// <summary>Gives the framework's own refusals (unknown route, malformed JSON, body too large …) our code as well.</summary>
public static class ProblemDocuments
{
    public static IServiceCollection AddProblemDocuments(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, JsonProblemWriter>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            if (problem.Extensions.ContainsKey(Problem.CodeField))
                return;
            var status = problem.Status ?? context.HttpContext.Response.StatusCode;
            problem.Extensions[Problem.CodeField] = CodeOf(status);
            problem.Extensions[Problem.RetryableField] = status is StatusCodes.Status429TooManyRequests or >= 500;
            problem.Detail ??= DetailOf(status, context.HttpContext.Request);
        });
        // Malformed JSON answers 400 in Development, too, as it does in production.
        services.Configure<Microsoft.AspNetCore.Routing.RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        return services;
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ErrorCodes.Unauthorized,
        StatusCodes.Status403Forbidden => ErrorCodes.Forbidden,
        StatusCodes.Status404NotFound => ErrorCodes.NotFound,
        StatusCodes.Status405MethodNotAllowed => ErrorCodes.MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => ErrorCodes.BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ErrorCodes.UnsupportedMediaType,
        StatusCodes.Status429TooManyRequests => ErrorCodes.RateLimited,
        StatusCodes.Status500InternalServerError => ErrorCodes.Internal,
        > 500 => ErrorCodes.Unavailable,
        _ => ErrorCodes.InvalidMessage,
    };

    private static string? DetailOf(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status400BadRequest => "The request is not what this address expects: check that the body is well-formed JSON with the documented fields.",
        StatusCodes.Status401Unauthorized => "Send a valid token as 'Authorization: Bearer …'.",
        StatusCodes.Status403Forbidden => "Your role does not allow this.",
        StatusCodes.Status404NotFound => $"There is nothing at {request.Path}.",
        StatusCodes.Status405MethodNotAllowed => $"{request.Method} is not possible at {request.Path}.",
        StatusCodes.Status413PayloadTooLarge => string.Create(CultureInfo.InvariantCulture, $"The body may have at most {Limits.MaxRequestBodyBytes} bytes."),
        StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json.",
        StatusCodes.Status500InternalServerError => "Something went wrong here; it has been logged.",
        StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout => "A part of the system does not answer; try again in a moment.",
        _ => null,
    };
}
