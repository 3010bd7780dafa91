using System.Globalization;
using System.Text;
using System.Text.Json;
using LiveComments.Api.Degradation;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace LiveComments.Api.Moderation;

/// <summary><c>…/acts/export</c>: the whole audit, newest first, as CSV (RFC 4180) or as a line of JSON each. Read and sent page by page.</summary>
static class ActsExport
{
    private const string Csv = "csv";
    private const string JsonLines = "jsonl";
    private const int PageSize = Limits.MaxPageSize;

    private static readonly string[] Head = ["id", "at", "stream", "kind", "by_id", "by_name", "reason", "user", "until", "comment", "comment_author", "comment_content", "before", "after"];

    public static void MapExport(this RouteGroupBuilder moderation) =>
        moderation.MapGet("/acts/export", Export).RefusedFrom(ReadShedding.Heavy).WithSummary("The audit as CSV, or as JSON lines").Produces<string>(StatusCodes.Status200OK, "text/csv", "application/jsonl");

    private static Results<PushStreamHttpResult, ProblemHttpResult> Export(string? format, HttpContext context, NpgsqlDataSource database, DatabaseReads reads)
    {
        if (format is not (null or Csv or JsonLines))
            return ModerationInput.Invalid($"'format' must be {Csv} or {JsonLines}.");
        var streamId = Moderating.In(context).StreamId;
        var cancellationToken = context.RequestAborted;
        return TypedResults.Stream(
            async body =>
            {
                await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
                if (format != JsonLines)
                    await writer.WriteAsync(Line(Head));
                Cursor? from = null;
                do
                {
                    var page = await reads.ReadAsync(token => ModerationRows.ActsAsync(database, streamId, from, PageSize, token), cancellationToken);
                    foreach (var act in page.Acts)
                        await writer.WriteAsync(format == JsonLines ? JsonSerializer.Serialize(act, ContractsJson.Wire.ModerationAct) + "\n" : Line(Cells(act)));
                    from = Cursor.TryParse(page.Next, out var next) ? next : null;
                }
                while (from is not null);
            },
            format == JsonLines ? "application/jsonl" : "text/csv; charset=utf-8", $"acts.{format ?? Csv}");
    }

    private static string?[] Cells(ModerationAct act) =>
    [
        act.Id, Time(act.At), act.StreamId, act.Kind, act.ById, act.ByName, act.Reason, act.UserId, act.Until is { } until ? Time(until) : null,
        act.Comment?.Id, act.Comment?.Username, act.Comment?.Content, Json(act.Before), Json(act.After),
    ];

    internal static string Line(IReadOnlyList<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    // What begins like a formula is one, to a spreadsheet: an apostrophe makes it text.
    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().IndexOfAny("\",\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static string Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("O", CultureInfo.InvariantCulture);

    private static string? Json(StreamSettings? settings) => settings is null ? null : JsonSerializer.Serialize(settings, ContractsJson.Wire.StreamSettings);
}
