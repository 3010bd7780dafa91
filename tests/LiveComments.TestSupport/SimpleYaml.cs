using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LiveComments.TestSupport;

/// <summary>The part of YAML that Compose files and manifests are written in: maps and lists by indentation, plain or double-quoted values, comments on lines of their own.</summary>
public static partial class SimpleYaml
{
    /// <summary>Values by their paths, in order: <c>services/api/ports/0</c>.</summary>
    /// <exception cref="FormatException">A line is of another part.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string yaml)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var path = new List<(int Indent, string Key)>();
        var items = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in yaml.Split('\n').Where(line => line.Trim() is { Length: > 0 } text && text[0] != '#'))
        {
            var indent = line.Length - line.TrimStart().Length;
            var text = line.Trim();
            path.RemoveAll(part => part.Indent >= indent);
            if (text.StartsWith("- ", StringComparison.Ordinal))
            {
                var list = Path(path);
                items[list] = items.GetValueOrDefault(list, -1) + 1;
                path.Add((indent, items[list].ToString(CultureInfo.InvariantCulture)));
                text = text[2..];
                indent += 2;
                if (!KeyAndValue().IsMatch(text))
                {
                    values[Path(path)] = Unquoted(text);
                    continue;
                }
            }

            var match = KeyAndValue().Match(text);
            if (!match.Success)
                throw new FormatException($"No YAML that is known here: {line}");
            path.Add((indent, match.Groups[1].Value));
            if (match.Groups[2].Value.Length > 0)
                values[Path(path)] = Unquoted(match.Groups[2].Value);
        }

        return values;
    }

    private static string Path(IEnumerable<(int Indent, string Key)> path) => string.Join('/', path.Select(part => part.Key));

    private static string Unquoted(string value) => value.StartsWith('"') ? JsonSerializer.Deserialize<string>(value)! : value;

    [GeneratedRegex("""^([\w./-]+):(?: (.+))?$""")]
    private static partial Regex KeyAndValue();
}
