using System.Globalization;
using LiveComments.Contracts;

namespace LiveComments.BrowserTests.Page;

/// <summary>The log: comments in order, and what is told of them besides.</summary>
public sealed partial class PageServer
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _log = [];
    // Everything that moves no cursor, such as counts and reactions: told to who watches, and forgotten.
    private readonly List<Passing> _passing = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _epoch = 1;
    private int _nextId = 1000;

    private sealed record Entry(int Sequence, Comment Comment, int OmittedBefore);

    private sealed record Passing(string Type, object Payload);

    /// <summary>How a comment is more than a name and a text.</summary>
    /// <param name="DisplayName">Shown in place of the username.</param>
    /// <param name="ParentId">What it answers.</param>
    /// <param name="Mentions">Whom it mentions.</param>
    /// <param name="Kind">pinned, highlighted, paid.</param>
    /// <param name="Reactions">Type → how many.</param>
    /// <param name="Omitted">How many were left out before it.</param>
    public sealed record Extras(
        string? DisplayName = null, string? ParentId = null, string[]? Mentions = null, string Kind = "", Dictionary<string, int>? Reactions = null, int Omitted = 0);

    /// <summary>Somebody comments; the answer is the comment's id.</summary>
    public string Add(string username, string content, Extras? extras = null) => Append(username, username, content, extras ?? new(), idempotencyKey: null).Id;

    /// <summary>Many at once, as a busy stream's batch has them.</summary>
    public void AddMany(int count, Func<int, (string Username, string Content)> comment)
    {
        lock (_gate)
        {
            for (var number = 0; number < count; number++)
            {
                var (username, content) = comment(number);
                Append_NeedsLock(username, username, content, new(), idempotencyKey: null);
            }

            SignalChange_NeedsLock();
        }
    }

    /// <summary>Tells everybody who watches something that moves no cursor.</summary>
    public void Tell(string type, object payload)
    {
        lock (_gate)
        {
            _passing.Add(new(type, payload));
            SignalChange_NeedsLock();
        }
    }

    public void Remove(string commentId)
    {
        lock (_gate)
            _log.RemoveAll(entry => entry.Comment.Id == commentId);
        Tell("comment_removed", new { streamId = "demo", commentId });
    }

    /// <summary>The log went backwards: a new epoch with nothing in it. Open viewers are told.</summary>
    public void StartAfresh()
    {
        lock (_gate)
        {
            _epoch++;
            _log.Clear();
            SignalChange_NeedsLock();
        }
    }

    private Comment Append(string userId, string username, string content, Extras extras, string? idempotencyKey)
    {
        lock (_gate)
        {
            // A retry of what was accepted is the same comment.
            if (idempotencyKey is not null && _log.Find(entry => entry.Comment.IdempotencyKey == idempotencyKey) is { } known)
                return known.Comment;
            var comment = Append_NeedsLock(userId, username, content, extras, idempotencyKey);
            SignalChange_NeedsLock();
            return comment;
        }
    }

    private Comment Append_NeedsLock(string userId, string username, string content, Extras extras, string? idempotencyKey)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        // Holes, as other events of the log leave them.
        var sequence = (_log.LastOrDefault()?.Sequence ?? 0) + 2;
        var comment = new Comment
        {
            Id = (_nextId++).ToString(CultureInfo.InvariantCulture),
            StreamId = "demo",
            UserId = userId,
            Username = username,
            DisplayName = extras.DisplayName,
            Content = content,
            ParentId = extras.ParentId,
            Mentions = extras.Mentions ?? [],
            IsHighlighted = extras.Kind.Contains("highlighted", StringComparison.Ordinal),
            IsPinned = extras.Kind.Contains("pinned", StringComparison.Ordinal),
            IsPaid = extras.Kind.Contains("paid", StringComparison.Ordinal),
            ReactionCounts = extras.Reactions ?? [],
            CreatedAt = now,
            IdempotencyKey = idempotencyKey,
            ReceivedAt = now,
            Cursor = Place(_epoch, sequence),
        };
        _log.Add(new(sequence, comment, extras.Omitted));
        if (comment.IsPinned)
            _pinned = comment;
        return comment;
    }

    private void SignalChange_NeedsLock()
    {
        _changed.SetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static string Place(int epoch, int sequence) => string.Create(CultureInfo.InvariantCulture, $"{epoch}-{sequence}");

    private static (int Epoch, int Sequence) Read(string place)
    {
        var parts = place.Split('-');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
