using System.Security.Claims;
using System.Text.Json;
using LiveComments.Api.Degradation;
using LiveComments.Api.Ids;
using LiveComments.Api.Log;
using LiveComments.Api.Persistence;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Presence;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace LiveComments.Api.Streams;

/// <summary><c>/api/streams</c>: making streams and finding them.</summary>
static class StreamsApi
{
    /// <summary>An address beside the streams' own, so no stream can have it for its id.</summary>
    public const string LiveSegment = "live";

    public static void AddStreams(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StreamDirectory>();
        builder.Services.AddSingleton<StreamCreation>();
        builder.Services.AddSingleton<StreamEnding>();
        builder.Services.AddHostedService<ControlFollower>();
        builder.AddViewerCounts();
        builder.Services.AddSingleton<StreamFigures>();
        builder.Services.AddHostedService<PeakViewers>();
    }

    public static void MapStreams(this WebApplication app)
    {
        var streams = app.MapGroup("/api/streams").RequireValidStreamId();

        streams.MapPost("/", CreateStream).RequireAuthorization();
        streams.MapGet("/", ListStreams).RequireReader(app).RefusedFrom(ReadShedding.Deep);
        streams.MapGet($"/{LiveSegment}", ListLiveStreams).RequireReader(app).RefusedFrom(ReadShedding.Deep);
        streams.MapGet("/{streamId}", GetStream).RequireReader(app).WithEntityTag();
        streams.MapGet("/{streamId}/metrics", GetMetrics).RequireReader(app)
            .WithSummary("Figures of a stream")
            .WithDescription("Who watches, over all nodes, a few seconds old; comments, exact; comments and reactions of the last 60 s.");
        streams.MapPost("/{streamId}/end", EndStream).RequireAuthorization();
    }

    public static ProblemHttpResult NotFound(string streamId) =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.StreamNotFound, $"There is no stream '{streamId}'.");

    private static Task<Results<Ok<StreamList>, ProblemHttpResult>> ListStreams(
        string? limit, string? cursor, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, ViewerCounts viewers, CancellationToken cancellationToken) =>
        List(limit, cursor, onlyLive: false, context, database, reads, viewers, cancellationToken);

    private static Task<Results<Ok<StreamList>, ProblemHttpResult>> ListLiveStreams(
        string? limit, string? cursor, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, ViewerCounts viewers, CancellationToken cancellationToken) =>
        List(limit, cursor, onlyLive: true, context, database, reads, viewers, cancellationToken);

    private static async Task<Results<Ok<StreamList>, ProblemHttpResult>> List(
        string? limit, string? cursor, bool onlyLive, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, ViewerCounts viewers, CancellationToken cancellationToken)
    {
        if (!Paging.TryReadLimit(limit, out var size))
            return Paging.LimitFault();
        StreamCursor? before = null;
        if (cursor is not null)
        {
            if (!StreamCursor.TryParse(cursor, out var parsed))
                return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CursorInvalid, "'cursor' must be the 'next' of a page of streams. Leave it out for the first page.");
            before = parsed;
        }

        var page = await reads.ReadAsync(token => StreamRows.NewestAsync(database, viewers, before, size, onlyLive, token), cancellationToken);
        Paging.WriteLink(context, page.Next);
        return TypedResults.Ok(page);
    }

    private static async Task<Results<Ok<LiveStream>, ProblemHttpResult, UnauthorizedHttpResult>> EndStream(
        string streamId, ClaimsPrincipal principal, StreamDirectory directory, StreamEnding ending, HttpResponse response, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (await directory.FindAsync(streamId, cancellationToken) is not { } stream)
            return NotFound(streamId);
        if (stream.CreatorId != user.Id && user.Role != Roles.Admin)
            return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Only who made the stream, or an admin, can end it.");
        if (await ending.EndAsync(stream, cancellationToken) is { } ended)
            return TypedResults.Ok(ended);
        response.Headers.RetryAfter = "1";
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The log does not answer; try again, it is safe.", retryable: true);
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
            : NotFound(streamId);

    private static async Task<Results<Ok<StreamMetrics>, ProblemHttpResult>> GetMetrics(
        string streamId, StreamDirectory directory, StreamFigures figures, CancellationToken cancellationToken) =>
        await directory.FindAsync(streamId, cancellationToken) is null
            ? NotFound(streamId)
            : TypedResults.Ok(await figures.ReadAsync(streamId, cancellationToken));
}
