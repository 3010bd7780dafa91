using System.Globalization;
using System.Text;

namespace LiveComments.ServiceDefaults.Telemetry.PrometheusText;

/// <summary>Labels as they stand between the braces.</summary>
internal static class PrometheusLabels
{
    /// <param name="tags">Names that become the same label share it, with their values joined by ';', as OpenTelemetry's rules say.</param>
    /// <param name="reserved">A name that the format itself uses; a tag of that name is renamed.</param>
    public static string Of(IEnumerable<KeyValuePair<string, object?>> tags, string? reserved = null)
    {
        var labels = new List<(string Name, string Value)>();
        foreach (var (key, value) in tags)
        {
            var name = PrometheusNames.OfLabel(key);
            if (name == reserved)
                name = $"exported_{name}";

            var text = TextOf(value);
            var known = labels.FindIndex(label => label.Name == name);
            if (known < 0)
                labels.Add((name, text));
            else
                labels[known] = (name, $"{labels[known].Value};{text}");
        }

        return string.Join(',', labels.Select(label => $"{label.Name}=\"{EscapeValue(label.Value)}\""));
    }

    public static string With(string labels, string name, string value) =>
        labels.Length > 0 ? $"{labels},{name}=\"{value}\"" : $"{name}=\"{value}\"";

    public static string EscapeHelp(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string EscapeValue(string text) =>
        text.AsSpan().ContainsAny('\\', '"', '\n')
            ? new StringBuilder(text).Replace(@"\", @"\\").Replace("\"", "\\\"").Replace("\n", @"\n").ToString()
            : text;

    private static string TextOf(object? value) => value switch
    {
        null => string.Empty,
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => PrometheusNumbers.Of(number),
        Array items => $"[{string.Join(',', items.Cast<object?>().Select(TextOf))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };
}
