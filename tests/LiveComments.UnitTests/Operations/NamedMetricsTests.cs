using System.Text.Json;
using System.Text.RegularExpressions;
using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Operations;

/// <summary>Alerts and dashboards that name a metric which nobody makes would keep silent for ever.</summary>
public sealed partial class NamedMetricsTests
{
    // Registered by ASP.NET Core when a web host is built, or made by Prometheus itself.
    private static readonly string[] Given =
    [
        "http_server_request_duration_seconds_bucket", "http_server_request_duration_seconds_sum", "http_server_request_duration_seconds_count",
        "up", "ALERTS",
    ];

    private static readonly string Operations = Path.Combine(RepositoryFiles.Root, "docs", "operations");
    private static readonly string Rules = File.ReadAllText(Path.Combine(Operations, "prometheus", "livecomments.rules.yml"));

    [Fact]
    public void Rules_name_only_metrics_that_are_made() => RequireMade(RuleExpression().Matches(Rules).Select(match => match.Groups[1].Value), atLeast: 15);

    [Fact]
    public void Dashboard_names_only_metrics_that_are_made()
    {
        using var board = JsonDocument.Parse(File.ReadAllText(Path.Combine(Operations, "grafana", "livecomments.json")));
        RequireMade(Expressions(board.RootElement), atLeast: 25);
    }

    [Fact]
    public void Dashboard_has_a_place_and_a_source_for_every_panel()
    {
        using var board = JsonDocument.Parse(File.ReadAllText(Path.Combine(Operations, "grafana", "livecomments.json")));
        var panels = board.RootElement.GetProperty("panels").EnumerateArray().ToList();

        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel => Assert.InRange(panel.GetProperty("gridPos").GetProperty("x").GetInt32() + panel.GetProperty("gridPos").GetProperty("w").GetInt32(), 1, 24));
        Assert.All(panels.Where(panel => panel.GetProperty("type").GetString() != "row"), panel =>
        {
            Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray());
            // Whoever imports it chooses the Prometheus.
            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
        });
    }

    private static void RequireMade(IEnumerable<string> expressions, int atLeast)
    {
        var made = RegisteredInstruments.All().SelectMany(RegisteredInstruments.Series).Concat(Given)
            .Concat(Record().Matches(Rules).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

        var named = expressions.SelectMany(expression => Metric().Matches(NoMetric().Replace(expression, " "))).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(named.Count >= atLeast, $"Only {string.Join(", ", named)} found: are expressions read rightly?");
        Assert.Empty(named.Except(made));
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.Name == "expr" ? [property.Value.GetString()!] : Expressions(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    // On the line itself, or folded into the more indented lines below it.
    [GeneratedRegex(@"^ +expr: (.*(?:\n {10,}.*)*)$", RegexOptions.Multiline)]
    private static partial Regex RuleExpression();

    [GeneratedRegex(@"- record: (\S+)")]
    private static partial Regex Record();

    // Label values, label names, ranges, numbers with a unit.
    [GeneratedRegex("""("(?:[^"\\]|\\.)*")|\{(?:"(?:[^"\\]|\\.)*"|[^{}"])*\}|\b(?:by|on|without|ignoring) *\([^)]*\)|\[[^\]]*\]|\boffset \w+""")]
    private static partial Regex NoMetric();

    // A word that is no function (those are followed by a bracket), no operator and no number.
    [GeneratedRegex(@"\b(?!(?:and|or|unless|offset|bool|by|on)\b)[A-Za-z_][\w:]*\b(?! *\()")]
    private static partial Regex Metric();
}
