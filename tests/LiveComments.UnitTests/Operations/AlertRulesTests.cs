using System.Text.RegularExpressions;
using LiveComments.TestSupport;
using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Operations;

/// <summary>The alert rules that docs/operations hands out do what their page says.</summary>
public sealed partial class AlertRulesTests
{
    private const string Rules = "livecomments.rules.yml";
    private const string RuleTests = "livecomments.tests.yml";

    private static readonly string Operations = Path.Combine(RepositoryFiles.Root, "docs", "operations");
    private static readonly string Folder = Path.Combine(Operations, "prometheus");

    [Theory]
    [InlineData("check", "rules", Rules)]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("test", "rules", RuleTests)]
    public async Task Prometheus_own_tool_finds_no_fault(params string[] arguments)
    {
        var (exitCode, output) = await Promtool.RunAsync(Folder, arguments);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void Every_alert_is_tested_to_fire_and_not_to_fire()
    {
        var checks = Check().Matches(Read(Path.Combine(Folder, RuleTests))).Select(match => (Alert: match.Groups[1].Value, Fires: match.Groups[2].Value.Length == 0)).ToList();
        var untested = from alert in Alerts()
                       from fires in new[] { true, false }
                       where !checks.Contains((alert, fires))
                       select $"{alert} is not tested to {(fires ? "fire" : "keep silent")}";

        Assert.Empty(untested);
        Assert.Empty(checks.Select(check => check.Alert).Except(Alerts()));
    }

    [Fact]
    public void Every_alert_has_its_section_and_every_section_its_alert()
    {
        var sections = Section().Matches(Read(Path.Combine(Operations, "alerts.md"))).Select(match => match.Groups[1].Value);
        var runbooks = Runbook().Matches(Read(Path.Combine(Folder, Rules))).Select(match => match.Groups[1].Value);

        Assert.Equal(Alerts().Order(StringComparer.Ordinal), sections.Order(StringComparer.Ordinal));
        Assert.Equal(Alerts().Select(alert => $"docs/operations/alerts.md#{alert.ToLowerInvariant()}"), runbooks);
    }

    private static List<string> Alerts() => [.. Alert().Matches(Read(Path.Combine(Folder, Rules))).Select(match => match.Groups[1].Value)];

    private static string Read(string path) => File.ReadAllText(path);

    [GeneratedRegex(@"^\s+- alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Alert();

    [GeneratedRegex(@"^\s+alertname: (\w+)\n\s+exp_alerts:( \[\])?$", RegexOptions.Multiline)]
    private static partial Regex Check();

    [GeneratedRegex(@"^\s+runbook: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Runbook();

    [GeneratedRegex(@"^### (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
