using System.Globalization;
using LiveComments.Api.Degradation;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Moderation.Trial;

/// <summary><c>…/moderation/dry-run</c>: rules that are not in force yet, tried on what was said.</summary>
static class DryRunApi
{
    public static void MapDryRun(this RouteGroupBuilder moderation) =>
        moderation.MapPost("/dry-run", Run).WithSummary("Tries rules on what was said, and changes nothing")
            .WithDescription("Looks at a piece of the past, about a second of work, and tells where the next begins.")
            .RefusedFrom(ReadShedding.Heavy)
            .WithMetadata(new RulesBody());

    private static async Task<Results<Ok<DryRun>, ProblemHttpResult>> Run(DryRunRequest request, HttpContext context, DryRuns runs, CancellationToken cancellationToken)
    {
        if (request.Rules is null)
            return ModerationInput.Invalid("'rules' are missing.");
        var limit = request.Limit ?? Limits.DefaultPageSize;
        if (limit is < 1 or > Limits.MaxPageSize)
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.LimitInvalid, string.Create(CultureInfo.InvariantCulture, $"'limit' must be 1 to {Limits.MaxPageSize}."));
        if (!IsTime(request.From) || !IsTime(request.To) || request.From >= request.To)
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.RangeInvalid, "'from' and 'to' must be Unix milliseconds, 'from' before 'to'.");
        Cursor? from = null;
        if (request.Cursor is not null)
        {
            if (!Cursor.TryParse(request.Cursor, out var parsed))
                return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CursorInvalid, "'cursor' must be the 'next' or 'changedNext' of a dry run. Leave it out to begin.");
            from = parsed;
        }

        switch (await runs.TryAsync(Moderating.In(context).Stream!, request, from, limit, cancellationToken))
        {
            case (DryRun run, _):
                return TypedResults.Ok(run);
            case (_, string fault):
                return ModerationInput.FaultOfRules(fault, "Nothing was tried");
            default:
                context.Response.Headers.RetryAfter = "1";
                return Problem.Of(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, "Others are trying rules at present; try again in a moment.", retryable: true);
        }
    }

    private static bool IsTime(long? time) => time is null or >= 0 && !(time > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
}
