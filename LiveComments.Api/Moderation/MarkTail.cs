using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Moderation;

/// <summary>What the log's end says about pinned and highlighted comments, and Postgres not yet.</summary>
static class MarkTail
{
    /// <summary>The comments as they are with the marks that lie behind <paramref name="written"/>.</summary>
    public static List<Comment> WithMarks(this LogTail tail, List<Comment> comments, Cursor? written)
    {
        var marks = tail.Behind(written, LogEventTypes.CommentMarked).Select(mark => Parse(mark.Entry)).ToLookup(mark => mark.CommentId);
        return marks.Count == 0 ? comments : comments.ConvertAll(comment => marks[comment.Id].Aggregate(comment, With));
    }

    public static CommentUpdated Parse(LogEntry entry) =>
        JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.CommentUpdated) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no mark in it.");

    public static Comment With(Comment comment, CommentUpdated mark) =>
        comment with { IsPinned = mark.IsPinned ?? comment.IsPinned, IsHighlighted = mark.IsHighlighted ?? comment.IsHighlighted };
}
