namespace LiveComments.Contracts;

/// <summary>An idempotency key is 1 to <see cref="Limits.MaxIdempotencyKeyLength"/> printable ASCII characters, chosen by the client for one post and all of its retries.</summary>
public static class IdempotencyKeys
{
    public static bool IsValid(string? key)
    {
        if (key is null or "" || key.Length > Limits.MaxIdempotencyKeyLength)
            return false;
        foreach (var character in key)
        {
            if (character is <= ' ' or > '~')
                return false;
        }

        return true;
    }
}
