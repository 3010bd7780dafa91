using LiveComments.Contracts;

namespace LiveComments.Api.Streams;

/// <summary>What a new stream's fields must be.</summary>
static class CreateStreamRules
{
    /// <summary>A sentence for the client, or null when all is well.</summary>
    public static string? FaultOf(CreateStream request) =>
        request.Id is not null && !StreamId.IsValid(request.Id) ? "'id' must be 1 to 64 letters, digits, '_' and '-'."
        : request.Id == StreamsApi.LiveSegment ? $"'id' can't be '{StreamsApi.LiveSegment}': that address is taken."
        : string.IsNullOrWhiteSpace(request.Title) ? "'title' is missing."
        : request.Title.Trim().Length > Limits.MaxTitleCharacters ? $"'title' may have at most {Limits.MaxTitleCharacters} characters."
        : HasControls(request.Title.Trim()) ? "'title' has a control character."
        : request.Description?.Length > Limits.MaxDescriptionCharacters ? $"'description' may have at most {Limits.MaxDescriptionCharacters} characters."
        : HasControls(request.Description, '\n', '\r', '\t') ? "'description' has a control character."
        : !IsWebAddress(request.VideoUrl) ? "'videoUrl' must be an absolute http or https address."
        : !IsWebAddress(request.ThumbnailUrl) ? "'thumbnailUrl' must be an absolute http or https address."
        : null;

    // Postgres can't store U+0000 at all: once in the log, it would stop what copies the log.
    private static bool HasControls(string? text, params ReadOnlySpan<char> allowed)
    {
        foreach (var character in text ?? "")
        {
            if (char.IsControl(character) && !allowed.Contains(character))
                return true;
        }

        return false;
    }

    private static bool IsWebAddress(string? text) =>
        text is null
        || (text.Length <= Limits.MaxUrlLength && !HasControls(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp));
}
