namespace Aspire.Hosting;

internal static class EnvironmentNames
{
    /// <summary>A resource's name as part of an environment variable's: what isn't a letter or digit becomes an underscore.</summary>
    public static string Encode(string name) =>
        (name.Length > 0 && char.IsAsciiDigit(name[0]) ? "_" : "") + string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    public static string EncodeUpper(string name) => Encode(name).ToUpperInvariant();
}
