using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using LiveComments.Api.Admission;
using LiveComments.Api.Comments;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Moderation.Reputation;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Persistence;
using LiveComments.Api.Reactions;
using LiveComments.Api.Streams;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using Npgsql;

namespace LiveComments.Api.Moderation.Reports;

/// <summary><c>…/comments/{id}/reports</c>: what viewers say against a comment; <c>…/moderation/reports</c>: what moderators see of it.</summary>
static class ReportsApi
{
    // A name for its window and for telemetry.
    private const string Limit = "reports";

    public static void MapReports(this WebApplication app)
    {
        app.MapPost("/api/streams/{streamId}/comments/{commentId}/reports", Post).RequireValidStreamId().RequireAuthorization().RefuseBanned()
            .WithSummary("Reports a comment to the moderators")
            .WithDescription("Of each user and comment the first report counts; reporting again changes nothing.");

        var reports = app.MapGroup("/api/streams/{streamId}/moderation/reports").RequireValidStreamId().RequireAuthorization().RequireModerator();
        reports.MapGet("/", List).WithSummary("Reported comments, those that count most first");
        reports.MapPost("/{commentId}/keep", Keep).WithSummary("Keeps a reported comment; its reports are dismissed");
    }

    private static async Task<Results<NoContent, ProblemHttpResult, UnauthorizedHttpResult>> Post(
        string streamId, string commentId, ReportRequest request, ClaimsPrincipal principal, HttpResponse response, StreamDirectory streams, CommentFinder finder, ReactionLimits limits,
        IOptionsMonitor<AdmissionOptions> options, Reputations reputations, LogAppender log, ModerationMetrics metrics, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (FaultOf(request) is { } fault)
            return fault;
        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return StreamsApi.NotFound(streamId);
        var quota = await limits.TakeAsync(Limit, streamId, user.Id, options.CurrentValue.ReportsPerStream, cancellationToken);
        RateLimitHeaders.Write(response, quota);
        if (quota.Remaining < 0)
        {
            return Problem.Of(
                StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                $"At most {quota.Limit} reports in {quota.Window.TotalSeconds:0} s; the next is free in {Math.Ceiling(quota.Reset.TotalSeconds):0} s.", retryable: true);
        }

        if (!CommentId.TryParse(commentId, out var id) || await finder.FindAsync(streamId, id, cancellationToken) is not { IsDeleted: false } found)
            return OneCommentApi.NotFound(streamId);
        if (found.Comment.UserId == user.Id)
            return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "This is your own comment: delete it instead.");

        var report = new CommentReport
        {
            Comment = found.Comment,
            UserId = user.Id,
            Username = user.Username,
            Reason = request.Reason,
            Note = string.IsNullOrWhiteSpace(request.Note) ? null : request.Note.Trim(),
            Weight = reputations.WeightOf(user.Id),
            At = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(report, ContractsJson.Wire.CommentReport);
        // One of each user and comment; Postgres goes on knowing that when the log has forgotten the message id.
        var messageId = MessageId.Of(LogEventTypes.CommentReported, streamId, found.Comment.Id, user.Id);
        switch (await log.ModerateAsync(streamId, LogEventTypes.CommentReported, body, messageId, new NatsHeaders(), cancellationToken))
        {
            case AppendResult.Stored:
                metrics.Reported(request.Reason);
                return TypedResults.NoContent();
            case AppendResult.Duplicate:
                return TypedResults.NoContent();
            default:
                return ModerationInput.Unavailable(response);
        }
    }

    private static async Task<Results<Ok<ReportedComments>, ProblemHttpResult>> List(
        string streamId, string? limit, NpgsqlDataSource database, DatabaseReads reads, LatelyRemoved removed, ModerationState state, CancellationToken cancellationToken)
    {
        if (!Paging.TryReadLimit(limit, out var size))
            return Paging.LimitFault();
        var comments = await reads.ReadAsync(
            async token =>
            {
                await using var connection = await database.OpenConnectionAsync(token);
                var gone = await removed.ReadAsync(connection, streamId, token);
                return await ReportRows.OpenAsync(connection, streamId, id => ThresholdOf(state.SettingsOf(id)), size, gone, token);
            },
            cancellationToken);
        return TypedResults.Ok(new ReportedComments(comments));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Keep(
        string streamId, string commentId, ModerationReason reason, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, CommentFinder finder, ModerationActs acts,
        CancellationToken cancellationToken)
    {
        if (ModerationInput.FaultOfReason(reason.Reason) is { } fault)
            return fault;
        if (!CommentId.TryParse(commentId, out var id) || await finder.FindAsync(streamId, id, cancellationToken) is not { IsDeleted: false } found)
            return OneCommentApi.NotFound(streamId);
        // Kept since, or never reported: that is what was asked for.
        if (await reads.ReadAsync(token => ReportRows.FindOpenAsync(database, streamId, id, token), cancellationToken) is null)
            return TypedResults.NoContent();
        var act = acts.New(streamId, ModerationActKinds.KeepComment, Moderating.In(context).By, reason.Reason) with { Comment = found.Comment };
        return await acts.PerformAsync(act, cancellationToken) is ActResult.Done ? TypedResults.NoContent() : ModerationInput.Unavailable(context.Response);
    }

    /// <summary>How much reports must count together to bring a comment into the queue.</summary>
    public static int ThresholdOf(StreamSettings settings) => settings.ReportsToReview ?? ModerationLimits.DefaultReportsToReview;

    private static ProblemHttpResult? FaultOf(ReportRequest request)
    {
        if (!ReportReasons.IsValid(request.Reason))
            return ModerationInput.Invalid("'reason' must be spam, harassment, hate, sexual, violence, misinformation or other.");
        return request.Note is { } note && (note.Length > ModerationLimits.MaxNoteCharacters || note.Any(character => char.IsControl(character) && character != '\n'))
            ? ModerationInput.Invalid(string.Create(CultureInfo.InvariantCulture, $"'note' may have at most {ModerationLimits.MaxNoteCharacters} characters, and no control characters but line breaks."))
            : null;
    }
}
