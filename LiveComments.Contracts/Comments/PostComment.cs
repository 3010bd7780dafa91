namespace LiveComments.Contracts;

/// <summary>Body of <c>POST /api/streams/{id}/comments</c>. The <c>Idempotency-Key</c> header makes a retry safe.</summary>
/// <param name="Content">1 to <see cref="Limits.MaxContentCharacters"/> user-perceived characters after trimming.</param>
/// <param name="ParentId">The comment of the same stream that this one answers.</param>
/// <param name="MediaTimeMs">The place in the video, in milliseconds, not negative.</param>
public sealed record PostComment(string? Content, string? ParentId = null, long? MediaTimeMs = null);
