using LiveComments.Contracts;

namespace LiveComments.Fanout.Rooms;

/// <summary>What a frame says to single users, beside what it says to all. Immutable.</summary>
sealed class PersonalNotes
{
    private readonly IReadOnlyList<Note> _notes;

    private PersonalNotes(IReadOnlyList<Note> notes) => _notes = notes;

    /// <param name="UserId">To whom.</param>
    /// <param name="Message">It moves no cursor: it is no event of the stream.</param>
    /// <param name="Dismissal">Why their stay ends with it, in words; null when it does not.</param>
    public readonly record struct Note(string UserId, WireMessage Message, string? Dismissal);

    /// <summary>Null for none, as it is nearly always.</summary>
    public static PersonalNotes? Of(IReadOnlyList<Note> notes) => notes.Count > 0 ? new PersonalNotes([.. notes]) : null;

    public bool Concern(User viewer) => _notes.Any(note => note.UserId == viewer.Id);

    public IEnumerable<WireMessage> For(User viewer) => _notes.Where(note => note.UserId == viewer.Id).Select(note => note.Message);

    /// <summary>Why the viewer's stay ends; null when it goes on. Who moderates all streams is sent away from none.</summary>
    public string? DismissalOf(User viewer) =>
        viewer.Role == Roles.User ? _notes.Where(note => note.UserId == viewer.Id).Select(note => note.Dismissal).FirstOrDefault(reason => reason is not null) : null;
}
