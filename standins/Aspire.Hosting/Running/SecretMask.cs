namespace Aspire.Hosting.Running;

/// <summary>Knows the secrets of this application and covers them in whatever is shown or logged.</summary>
internal sealed class SecretMask
{
    public const string Cover = "••••••••";

    // Shorter values would cover parts of ordinary words.
    private const int ShortestCovered = 6;

    private volatile string[] _secrets = [];

    public void Add(string? secret)
    {
        if (secret is { Length: >= ShortestCovered } && !_secrets.Contains(secret))
            _secrets = [.. _secrets, .. new[] { secret, Uri.EscapeDataString(secret) }.Distinct()];
    }

    public string Apply(string text)
    {
        foreach (var secret in _secrets)
        {
            if (text.Contains(secret, StringComparison.Ordinal))
                text = text.Replace(secret, Cover, StringComparison.Ordinal);
        }

        return text;
    }
}
