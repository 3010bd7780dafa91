using System.Collections.Frozen;
using System.Text;

namespace LiveComments.ServiceDefaults.Telemetry.PrometheusText;

/// <summary>
/// OpenTelemetry's names as Prometheus wants them: <c>http.server.request.duration</c> in <c>s</c> is
/// <c>http_server_request_duration_seconds</c>.
/// </summary>
public static class PrometheusNames
{
    // UCUM's abbreviations that OpenTelemetry's rules for Prometheus spell out. Others stay as they are.
    private static readonly FrozenDictionary<string, string> Units = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["d"] = "days",
        ["h"] = "hours",
        ["min"] = "minutes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["TiBy"] = "tebibytes",
        ["KBy"] = "kilobytes",
        ["MBy"] = "megabytes",
        ["GBy"] = "gigabytes",
        ["TBy"] = "terabytes",
        ["m"] = "meters",
        ["V"] = "volts",
        ["A"] = "amperes",
        ["J"] = "joules",
        ["W"] = "watts",
        ["g"] = "grams",
        ["Cel"] = "celsius",
        ["Hz"] = "hertz",
        ["%"] = "percent",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> PerUnits = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["s"] = "second",
        ["min"] = "minute",
        ["m"] = "minute",
        ["h"] = "hour",
        ["d"] = "day",
        ["w"] = "week",
        ["mo"] = "month",
        ["y"] = "year",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The family's name, and the unit's if the name ends with one.</summary>
    public static (string Name, string? Unit) OfMetric(string name, string unit, bool isCounter, bool isGauge)
    {
        ArgumentNullException.ThrowIfNull(name);
        const string Total = "_total";

        var result = Sanitize(name, allowColon: true);
        if (isCounter && result.EndsWith(Total, StringComparison.Ordinal) && result.Length > Total.Length)
            result = result[..^Total.Length];

        var suffix = UnitOf(unit ?? string.Empty, isGauge);
        if (suffix is not null && result != suffix && !result.EndsWith($"_{suffix}", StringComparison.Ordinal))
            result = $"{result}_{suffix}";

        return (isCounter ? result + Total : result, suffix);
    }

    /// <summary>A label's name.</summary>
    public static string OfLabel(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Sanitize(key, allowColon: false);
    }

    private static string? UnitOf(string unit, bool isGauge)
    {
        // "1" is a share of something when it goes up and down, and a count of something when it does not.
        if (unit == "1")
            return isGauge ? "ratio" : null;

        // What stands in braces says what is counted: the name says that already.
        var plain = WithoutBraces(unit);
        var slash = plain.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return Spell(plain, Units);

        var per = Spell(plain[(slash + 1)..], PerUnits);
        return (Spell(plain[..slash], Units), per) switch
        {
            (var of, null) => of,
            (null, _) => $"per_{per}",
            var (of, _) => $"{of}_per_{per}",
        };
    }

    private static string? Spell(string unit, FrozenDictionary<string, string> known)
    {
        if (known.TryGetValue(unit, out var word))
            return word;
        return unit.AsSpan().ContainsAnyInRange('!', '~') && Sanitize(unit, allowColon: false).Trim('_') is { Length: > 0 } rest ? rest : null;
    }

    private static string WithoutBraces(string unit)
    {
        if (!unit.Contains('{', StringComparison.Ordinal))
            return unit;

        var depth = 0;
        var plain = new StringBuilder(unit.Length);
        foreach (var character in unit)
        {
            if (character == '{')
                depth++;
            else if (character == '}')
                depth = Math.Max(0, depth - 1);
            else if (depth == 0)
                plain.Append(character);
        }

        return plain.ToString();
    }

    /// <summary>Letters, digits and single underscores; names that begin with two underscores are Prometheus' own.</summary>
    private static string Sanitize(string name, bool allowColon)
    {
        var result = new StringBuilder(name.Length + 1);
        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character) || (allowColon && character == ':'))
            {
                if (result.Length == 0 && char.IsAsciiDigit(character))
                    result.Append('_');
                result.Append(character);
            }
            else if (result.Length == 0 || result[^1] != '_')
            {
                result.Append('_');
            }
        }

        return result.Length > 0 ? result.ToString() : "_";
    }
}
