using LiveComments.Api.Comments;
using LiveComments.Contracts;
using NATS.Client.Core;

namespace LiveComments.Api.Moderation;

/// <summary>What becomes of a comment before anybody sees it.</summary>
/// <param name="Verdict">What rules and moderators say.</param>
/// <param name="Refusal">What its author is told instead; null when it is taken.</param>
readonly record struct Judgement(Verdict Verdict, PostResult? Refusal)
{
    public static readonly Judgement Shown = new(Verdict.Fine, null);

    public bool IsShown => Verdict.Action == ModerationAction.Approve;

    /// <summary>The entry by which the log has it.</summary>
    public string EventType => Verdict.Action == ModerationAction.Hold ? LogEventTypes.CommentHeld : LogEventTypes.CommentDropped;

    /// <summary>What its author is told of it: nothing, of one that was dropped.</summary>
    public string? StatusForAuthor => Verdict.Action == ModerationAction.Hold ? HeldStatus.Held : null;

    /// <summary>The headers, and why it is not shown.</summary>
    public NatsHeaders With(NatsHeaders headers)
    {
        headers[LogHeaders.Reason] = Verdict.Reason;
        if (Verdict.Detail is { } detail)
            headers[LogHeaders.Detail] = Uri.EscapeDataString(detail);
        return headers;
    }
}
