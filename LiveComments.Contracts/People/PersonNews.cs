namespace LiveComments.Contracts;

/// <summary>Something happened that concerns one user, and is told to the nodes where they may watch.</summary>
/// <param name="UserId">Whom it concerns.</param>
/// <param name="StreamId">On which stream; null for all of them.</param>
public sealed record PersonNews(string UserId, string? StreamId)
{
    /// <summary>The act of a ban, by its <see cref="Cursor"/>: whether it ends the user's connections is to be asked.</summary>
    public string? BannedBy { get; init; }

    /// <summary>What became of a comment of theirs that was held.</summary>
    public CommentReviewed? Reviewed { get; init; }
}

/// <summary>Asks whether users are banned from where they watch.</summary>
/// <param name="Cases">At most <see cref="MaxCases"/>.</param>
public sealed record BanQuestion(IReadOnlyList<BanCase> Cases)
{
    /// <summary>Some 100 KB at the longest ids: a tenth of what nats-server takes.</summary>
    public const int MaxCases = 500;

    /// <summary>The answer must know the log's acts up to this <see cref="Cursor"/>; null for what the asked process knows anyway.</summary>
    public string? Through { get; init; }

    /// <summary>They come just now: whoever answers must know of acts that were done a moment ago in another process.</summary>
    public bool AreArriving { get; init; }
}

/// <summary>A user who watches a stream.</summary>
public sealed record BanCase(string StreamId, string UserId);

/// <summary>Those who are banned.</summary>
public sealed record BanAnswer(IReadOnlyList<BanFound> Found);

/// <param name="Case">Its index in the question.</param>
/// <param name="Message">What the user is told.</param>
public sealed record BanFound(int Case, string Message);
