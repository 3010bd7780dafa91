namespace LiveComments.Fanout.Rooms.Sampling;

/// <summary>A comment that most viewers are not shown, and those who are shown it all the same.</summary>
/// <param name="Author">Who wrote it, by id: on every device of theirs.</param>
/// <param name="ParentAuthor">Whom it answers, by id, if the room still knows.</param>
/// <param name="Mentions">Whom it names.</param>
sealed record Omission(string Author, string? ParentAuthor, IReadOnlyList<string> Mentions);
