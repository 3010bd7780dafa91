namespace LiveComments.Contracts;

/// <summary>
/// An entry that somebody knows the log to have had: it was acknowledged, written to Postgres or handed out to viewers. A log that is what it was has it
/// in its place; one that lost its end and was filled up again has another one there, however far it goes.
/// </summary>
/// <param name="Place">Where it lay.</param>
/// <param name="MessageId">By which it is recognised there (<see cref="LogHeaders.MessageId"/>).</param>
public sealed record KnownEntry(Cursor Place, string MessageId)
{
    // Neither a cursor nor a message id of ours has one.
    private const char Separator = ' ';

    /// <summary>What <see cref="ToString"/> gave; null for everything else.</summary>
    public static KnownEntry? Parse(string? text) =>
        text?.IndexOf(Separator) is > 0 and var separator && separator < text.Length - 1 && Cursor.TryParse(text[..separator], out var place) ? new KnownEntry(place, text[(separator + 1)..]) : null;

    /// <summary><c>&lt;cursor&gt; &lt;message id&gt;</c>, as it is kept and sent.</summary>
    public override string ToString() => $"{Place}{Separator}{MessageId}";
}
