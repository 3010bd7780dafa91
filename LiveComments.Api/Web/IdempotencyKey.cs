using LiveComments.Contracts;

namespace LiveComments.Api.Web;

/// <summary>The <c>Idempotency-Key</c> header: 1 to 64 printable ASCII characters, chosen by the client for one post and all of its retries.</summary>
static class IdempotencyKey
{
    public const string HeaderName = "Idempotency-Key";

    public static string Rule { get; } = $"{HeaderName} must be one value of 1 to {Limits.MaxIdempotencyKeyLength} printable ASCII characters without spaces.";

    /// <summary>False when the header is there and malformed. Without the header the key is null.</summary>
    public static bool TryRead(HttpRequest request, out string? key)
    {
        key = null;
        if (!request.Headers.TryGetValue(HeaderName, out var values))
            return true;
        if (values.Count != 1 || !IdempotencyKeys.IsValid(values[0]))
            return false;
        key = values[0];
        return true;
    }
}
