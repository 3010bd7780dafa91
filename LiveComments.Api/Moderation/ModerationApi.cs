using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Moderation.External;
using LiveComments.Api.Moderation.People;
using LiveComments.Api.Moderation.Reports;
using LiveComments.Api.Moderation.Reputation;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Moderation.Trial;
using LiveComments.Api.Persistence;
using LiveComments.Api.Users;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace LiveComments.Api.Moderation;

/// <summary><c>/api/streams/{id}/moderation</c>, for who moderates the stream, and <c>/api/moderation</c>, for admins: what holds on all streams.</summary>
static class ModerationApi
{
    public static void AddModeration(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ModerationState>();
        builder.Services.AddSingleton<ModerationEffects>();
        builder.Services.AddSingleton<ModerationActs>();
        builder.Services.AddSingleton<ModerationMetrics>();
        builder.Services.AddSingleton<ModerationFollower>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ModerationFollower>());
        builder.Services.AddSingleton<RecentTexts>();
        builder.Services.AddSingleton<CommentScorer>();
        builder.Services.AddSingleton<CommentModeration>();
        builder.Services.AddSingleton<CommentMarks>();
        builder.Services.AddSingleton<DryRuns>();
        builder.AddExternalModerator();
        builder.Services.AddSingleton<ReviewTail>();
        builder.Services.AddSingleton<WaitingOnAll>();
        builder.Services.AddSingleton<PeopleNews>();
        builder.Services.AddHostedService<BanAnswers>();
        builder.Services.AddSingleton<Reputations>();
        builder.Services.AddSingleton<ReputationMoves>();
        builder.Services.AddSingleton<FirstComments>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FirstComments>());
        builder.Services.AddSingleton<LatelyRemoved>();
        builder.Services.AddSingleton<UserNames>();
    }

    public static void MapModeration(this WebApplication app)
    {
        var ofStream = app.MapGroup("/api/streams/{streamId}/moderation").RequireValidStreamId().RequireAuthorization().RequireModerator();
        ofStream.MapSanctions();
        ofStream.MapRules();
        ofStream.MapDryRun();
        ofStream.MapExport();
        ofStream.MapGet("/acts", ReadActs).WithSummary("What moderators did, newest first");
        var ofAll = app.MapGroup("/api/moderation").RequireAuthorization().RequireAdmin();
        ofAll.MapSanctions();
        ofAll.MapRules();
        ofAll.MapExport();
        ofAll.MapWaitingOnAll();
        ofAll.MapGet("/acts", ReadActs).WithSummary("What admins did about all streams, newest first");
        app.MapSettings();
        app.MapReview();
        app.MapMarks();
        app.MapRights();
        app.MapReports();
        app.MapHiding();
    }

    private static async Task<Results<Ok<ModerationActPage>, ProblemHttpResult>> ReadActs(
        string? limit, string? cursor, string? kind, string? userId, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, CancellationToken cancellationToken)
    {
        var (size, from, fault) = Paging.Read(limit, cursor);
        if (fault is not null)
            return fault;
        if (userId is not null && ModerationInput.FaultOfUserId(userId) is { } unknown)
            return unknown;
        var filter = new ActFilter(kind, userId);
        var page = await reads.ReadAsync(token => ModerationRows.ActsAsync(database, Moderating.In(context).StreamId, from, size, token, filter), cancellationToken);
        Paging.WriteLink(context, page.Next);
        return TypedResults.Ok(page);
    }
}
