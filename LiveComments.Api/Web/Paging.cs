using System.Globalization;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Web;

/// <summary>Reads <c>limit</c> and <c>cursor</c>, and writes the <c>Link</c> to the next page.</summary>
static class Paging
{
    /// <summary>Null and a fault when one of them is malformed.</summary>
    public static (int Limit, Cursor? Cursor, ProblemHttpResult? Fault) Read(string? limit, string? cursor)
    {
        if (!TryReadLimit(limit, out var size))
            return (0, null, LimitFault());
        if (cursor is null)
            return (size, null, null);
        return Cursor.TryParse(cursor, out var from)
            ? (size, from, null)
            : (0, null, Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CursorInvalid, "'cursor' must be one that this service gave: '<epoch>-<sequence>'. Leave it out for the first page."));
    }

    public static bool TryReadLimit(string? limit, out int size)
    {
        size = Limits.DefaultPageSize;
        return limit is null || (int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size is >= 1 and <= Limits.MaxPageSize);
    }

    public static ProblemHttpResult LimitFault() =>
        Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.LimitInvalid, $"'limit' must be 1 to {Limits.MaxPageSize}.");

    public static void WriteLink(HttpContext context, string? next)
    {
        if (next is null)
            return;
        var query = QueryString.Create(context.Request.Query.Where(pair => pair.Key != "cursor").SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value)).Append(new("cursor", next)));
        context.Response.Headers.Link = $"<{context.Request.Path}{query}>; rel=\"next\"";
    }
}
