using System.Diagnostics.Metrics;
using LiveComments.Contracts;

namespace LiveComments.Api.Comments;

/// <summary>What becomes of posts, over all streams.</summary>
sealed class CommentMetrics
{
    private readonly Counter<long> _posted;

    public CommentMetrics(IMeterFactory meters) => _posted = meters.Create("LiveComments.Api.Comments").CreateCounter<long>(
        "livecomments.comments.posted", "{comment}", "Posts that were well-formed, by what became of them; the retry of one that was accepted counts again.");

    public void Decided(PostResult result) => _posted.Add(1, new KeyValuePair<string, object?>("status", StatusOf(result)));

    private static string StatusOf(PostResult result) => result switch
    {
        PostResult.Accepted { Comment.Status: HeldStatus.Held } => "held",
        PostResult.Accepted => "accepted",
        PostResult.RateLimited => "rate_limited",
        PostResult.KeyReused => "key_reused",
        PostResult.Unavailable => "unavailable",
        _ => "rejected",
    };
}
