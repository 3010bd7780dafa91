using System.ComponentModel.DataAnnotations;

namespace LiveComments.Api.Admission;

/// <summary>How often one user may act. Each limit is a true sliding window: never more than so many within any such time. Section <c>Admission</c>.</summary>
sealed class AdmissionOptions : IValidatableObject
{
    public const string Section = "Admission";

    // What Redis reads and writes for each of a user's posts grows with the posts it remembers of the user: 14 bytes each.
    private const int MaxLimit = 10_000;

    /// <summary>Comments of one user over all streams.</summary>
    public RateLimit CommentsGlobally { get; init; } = new(30, TimeSpan.FromSeconds(60));

    /// <summary>Comments of one user on one stream.</summary>
    public RateLimit CommentsPerStream { get; init; } = new(5, TimeSpan.FromSeconds(30));

    /// <summary>Reactions of one user on one stream; more are silently absorbed.</summary>
    public RateLimit ReactionsPerStream { get; init; } = new(100, TimeSpan.FromSeconds(60));

    /// <summary>Reactions to comments that one user sets, takes back or toggles on one stream.</summary>
    public RateLimit CommentReactionsPerStream { get; init; } = new(60, TimeSpan.FromSeconds(60));

    /// <summary>Comments of one stream that one user reports.</summary>
    public RateLimit ReportsPerStream { get; init; } = new(20, TimeSpan.FromSeconds(60));

    /// <summary>How often one user begins and ceases to follow somebody.</summary>
    public RateLimit Follows { get; init; } = new(30, TimeSpan.FromSeconds(60));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, limit) in new[]
        {
            (nameof(CommentsGlobally), CommentsGlobally), (nameof(CommentsPerStream), CommentsPerStream),
            (nameof(ReactionsPerStream), ReactionsPerStream), (nameof(CommentReactionsPerStream), CommentReactionsPerStream),
            (nameof(ReportsPerStream), ReportsPerStream), (nameof(Follows), Follows),
        })
        {
            if (limit.Count is < 1 or > MaxLimit)
                yield return new ValidationResult($"{Section}:{name}:Count must be 1 to {MaxLimit}.");
            if (limit.Window < TimeSpan.FromSeconds(1) || limit.Window > TimeSpan.FromDays(1))
                yield return new ValidationResult($"{Section}:{name}:Window must be between a second and a day.");
        }

        // So many of a user's posts can lie within the longer of the two windows.
        if (CommentsGlobally.Count * Math.Ceiling(CommentsPerStream.Window / CommentsGlobally.Window) > MaxLimit)
            yield return new ValidationResult($"{Section}:{nameof(CommentsPerStream)}:Window is so long that {nameof(CommentsGlobally)} allows more than {MaxLimit} posts within it.");
    }
}

/// <summary>At most <paramref name="Count"/> within any time of length <paramref name="Window"/>.</summary>
sealed record RateLimit(int Count, TimeSpan Window);
