using LiveComments.Contracts;

namespace LiveComments.Fanout.Transports;

/// <summary>What a viewer has seen last: a cursor, or a comment when it knows no more than that.</summary>
/// <param name="Cursor">Goes before the comment.</param>
/// <param name="CommentId">A comment of the stream.</param>
readonly record struct ResumePoint(Cursor? Cursor, string? CommentId = null)
{
    private const string LastEventId = "Last-Event-ID";
    private const string CursorParameter = "cursor";

    public const string CursorRule = "The cursor must be one that this service gave: '<epoch>-<sequence>'. Leave it out to start afresh.";

    /// <summary>False when there is a cursor and it is malformed; null when there is none.</summary>
    public static bool TryRead(HttpRequest request, out ResumePoint? point)
    {
        // After a reconnect the browser sends what it has seen last, which is newer than the address it was given once.
        string? text = request.Headers[LastEventId];
        if (string.IsNullOrEmpty(text))
            text = request.Query[CursorParameter];
        return TryParse(text, commentId: null, out point);
    }

    /// <inheritdoc cref="TryRead"/>
    public static bool TryParse(string? cursor, string? commentId, out ResumePoint? point)
    {
        point = string.IsNullOrEmpty(commentId) ? null : new ResumePoint(null, commentId);
        if (string.IsNullOrEmpty(cursor))
            return true;
        if (!Contracts.Cursor.TryParse(cursor, out var parsed))
            return false;
        point = new ResumePoint(parsed);
        return true;
    }
}
