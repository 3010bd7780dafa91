namespace LiveComments.Contracts;

/// <summary>A page of a stream's comments.</summary>
/// <param name="Comments">In the order asked for; each with its <c>cursor</c>.</param>
/// <param name="Next">Pass as <c>cursor</c> for the page after this one; null at the end.</param>
public sealed record CommentPage(IReadOnlyList<Comment> Comments, string? Next);
