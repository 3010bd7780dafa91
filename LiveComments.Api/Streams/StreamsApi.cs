using System.Security.Claims;
using System.Text.Json;
using LiveComments.Api.Ids;
using LiveComments.Api.Log;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Streams;

/// <summary><c>/api/streams</c>: making streams and finding them.</summary>
static class StreamsApi
{
    public static void AddStreams(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StreamDirectory>();
        builder.Services.AddSingleton<StreamCreation>();
    }

    public static void MapStreams(this WebApplication app)
    {
        var streams = app.MapGroup("/api/streams").RequireValidStreamId();

        streams.MapPost("/", CreateStream).RequireAuthorization();
        streams.MapGet("/{streamId}", GetStream).RequireReader(app);
    }

    private static async Task<Results<Created<LiveStream>, ProblemHttpResult, UnauthorizedHttpResult>> CreateStream(
        CreateStream request, ClaimsPrincipal principal, StreamCreation creation, HttpResponse response, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (CreateStreamRules.FaultOf(request) is { } fault)
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, fault);

        switch (await creation.CreateAsync(request, user.Id, cancellationToken))
        {
            case StreamCreationResult.Created(var stream):
                return TypedResults.Created($"/api/streams/{stream.Id}", stream);
            case StreamCreationResult.Exists(var id):
                return Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.StreamExists, $"There is a stream '{id}' already; choose another id or leave it out.");
            default:
                response.Headers.RetryAfter = "1";
                return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The log does not answer; the stream was not created for sure. Try again with the same id.", retryable: true);
        }
    }

    private static async Task<Results<Ok<LiveStream>, ProblemHttpResult>> GetStream(string streamId, StreamDirectory directory, CancellationToken cancellationToken) =>
        await directory.FindAsync(streamId, cancellationToken) is { } stream
            ? TypedResults.Ok(stream)
            : Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.StreamNotFound, $"There is no stream '{streamId}'.");
}
