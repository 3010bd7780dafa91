using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LiveComments.UnitTests.Telemetry;

internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

internal sealed record MetricFamily(string Name, string Type, string? Help, List<Sample> Samples);

/// <summary>
/// Reads the text format 0.0.4 and refuses whatever Prometheus would refuse or quietly mend: a family in two places,
/// a series twice, samples without a type, histograms that don't add up.
/// </summary>
internal static partial class PrometheusTextParser
{
    public static Dictionary<string, MetricFamily> Parse(string text)
    {
        Require(text.EndsWith('\n'), "the last line ends with a line feed", text);
        var families = new Dictionary<string, MetricFamily>();
        var series = new HashSet<string>();
        string? help = null, helpOf = null;
        MetricFamily? current = null;

        foreach (var line in text[..^1].Split('\n'))
        {
            Require(line.Length > 0 && line == line.Trim(), "no empty line, no stray blanks", line);
            if (HelpLine().Match(line) is { Success: true } helpLine)
            {
                Require(helpOf is null, "a TYPE follows a HELP", line);
                (helpOf, help) = (helpLine.Groups["name"].Value, Unescape(helpLine.Groups["text"].Value, quotes: false));
            }
            else if (TypeLine().Match(line) is { Success: true } typeLine)
            {
                var name = typeLine.Groups["name"].Value;
                Require(helpOf is null || helpOf == name, "HELP and TYPE are of one family", line);
                current = new MetricFamily(name, typeLine.Groups["type"].Value, help, []);
                Require(families.TryAdd(name, current), "a family stands in one place", line);
                (helpOf, help) = (null, null);
            }
            else if (line.StartsWith("# UNIT ", StringComparison.Ordinal))
            {
                Require(current is { Samples.Count: 0 } && line.StartsWith($"# UNIT {current.Name} ", StringComparison.Ordinal), "UNIT follows TYPE", line);
            }
            else
            {
                Require(!line.StartsWith('#'), "HELP, TYPE and UNIT are all we write", line);
                Require(helpOf is null, "a TYPE follows a HELP", line);
                var sample = ParseSample(line);
                Require(current is not null && Belongs(sample.Name, current), "a sample follows its family's TYPE", line);
                Require(series.Add(Key(sample)), "a series stands once", line);
                current!.Samples.Add(sample);
            }
        }

        foreach (var family in families.Values)
        {
            Require(family.Samples.Count > 0, "a family has samples", family.Name);
            if (family.Type == "histogram")
                RequireSoundHistogram(family);
        }

        return families;
    }

    private static Sample ParseSample(string line)
    {
        var match = SampleLine().Match(line);
        Require(match.Success, "a sample is name{labels} value", line);
        var labels = new Dictionary<string, string>();
        var rest = match.Groups["labels"].Value;
        while (rest.Length > 0)
        {
            var label = Label().Match(rest);
            Require(label.Success, "a label is name=\"value\"", line);
            Require(labels.TryAdd(label.Groups["name"].Value, Unescape(label.Groups["value"].Value, quotes: true)), "a label stands once", line);
            rest = rest[label.Length..];
        }

        var value = match.Groups["value"].Value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            var number => double.Parse(number, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture),
        };
        return new Sample(match.Groups["name"].Value, labels, value);
    }

    private static bool Belongs(string sample, MetricFamily family) => family.Type == "histogram"
        ? sample == family.Name + "_bucket" || sample == family.Name + "_sum" || sample == family.Name + "_count"
        : sample == family.Name;

    private static void RequireSoundHistogram(MetricFamily family)
    {
        foreach (var point in family.Samples.GroupBy(sample => Key(sample with { Name = "", Labels = Without(sample.Labels, "le") })))
        {
            var buckets = point.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal)).ToArray();
            var bounds = buckets.Select(bucket => bucket.Labels["le"] == "+Inf" ? double.PositiveInfinity : double.Parse(bucket.Labels["le"], CultureInfo.InvariantCulture)).ToArray();
            Require(bounds.SequenceEqual(bounds.Order()) && bounds is [.., double.PositiveInfinity], "bounds grow up to +Inf", family.Name);
            Require(buckets.Select(bucket => bucket.Value).SequenceEqual(buckets.Select(bucket => bucket.Value).Order()), "buckets are cumulative", family.Name);
            Require(point.Count(sample => sample.Name.EndsWith("_sum", StringComparison.Ordinal)) == 1, "one sum", family.Name);
            Require(point.Single(sample => sample.Name.EndsWith("_count", StringComparison.Ordinal)).Value == buckets[^1].Value, "the last bucket holds all", family.Name);
        }
    }

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> labels, string name) =>
        labels.Where(label => label.Key != name).ToDictionary();

    private static string Key(Sample sample) =>
        $"{sample.Name}|{string.Join('|', sample.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}";

    private static string Unescape(string text, bool quotes)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            Require(i < text.Length && (text[i] is '\\' or 'n' || (quotes && text[i] == '"')), "a known escape", text);
            plain.Append(text[i] == 'n' ? '\n' : text[i]);
        }

        return plain.ToString();
    }

    private static void Require(bool condition, string rule, string where) => Assert.True(condition, $"Not so: {rule}. In: {where}");

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<text>.*)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.+)\})? (?<value>[^ ]+)$")]
    private static partial Regex SampleLine();

    [GeneratedRegex(@"^(?<name>(?!__)[a-zA-Z_][a-zA-Z0-9_]*)=""(?<value>([^""\\]|\\.)*)""(,(?=.)|$)")]
    private static partial Regex Label();
}
