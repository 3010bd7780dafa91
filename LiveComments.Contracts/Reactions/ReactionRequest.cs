namespace LiveComments.Contracts;

/// <summary>Body of <c>POST /api/streams/{id}/reactions</c> and of <c>POST /api/streams/{id}/comments/{commentId}/reactions</c>.</summary>
/// <param name="ReactionType">One of <see cref="ReactionTypes"/>.</param>
public sealed record ReactionRequest(string? ReactionType);
