namespace LiveComments.Contracts;

/// <summary>Body of <c>POST /api/streams</c>.</summary>
/// <param name="Title">1 to <see cref="Limits.MaxTitleCharacters"/> characters after trimming.</param>
/// <param name="Id">A <see cref="StreamId"/>; one is made when it is left out.</param>
/// <param name="Description">At most <see cref="Limits.MaxDescriptionCharacters"/> characters.</param>
/// <param name="VideoUrl">An absolute http or https address.</param>
/// <param name="ThumbnailUrl">An absolute http or https address.</param>
public sealed record CreateStream(string? Title, string? Id = null, string? Description = null, string? VideoUrl = null, string? ThumbnailUrl = null);

/// <summary>A page of streams, those that began last first.</summary>
/// <param name="Streams">At most as many as asked for, each with its counts.</param>
/// <param name="Next">Pass as <c>cursor</c> for the page after this one; null at the end.</param>
public sealed record StreamList(IReadOnlyList<ListedStream> Streams, string? Next);
