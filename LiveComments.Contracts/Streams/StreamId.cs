namespace LiveComments.Contracts;

/// <summary>
/// Stream ids match <c>[A-Za-z0-9_-]{1,64}</c>. The id becomes a token of a NATS subject, so nothing that means
/// something there (<c>.</c>, <c>*</c>, <c>&gt;</c>, white space) may ever pass.
/// </summary>
public static class StreamId
{
    public const int MaxLength = 64;

    public static bool IsValid(string? id)
    {
        if (id is null or "" || id.Length > MaxLength)
            return false;
        foreach (var character in id)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-'))
                return false;
        }

        return true;
    }
}
