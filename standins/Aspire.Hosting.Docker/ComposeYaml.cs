using System.Globalization;
using System.Text;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting.Docker;

/// <summary>Compose's YAML: plain keys, quoted values, two spaces a level.</summary>
internal static class ComposeYaml
{
    public static string Write(IReadOnlyList<Service> services, string network)
    {
        var yaml = new StringBuilder("services:\n");
        foreach (var service in services)
            Add(yaml, service);
        yaml.Append(CultureInfo.InvariantCulture, $"networks:\n  {network}:\n    driver: \"bridge\"\n");
        var volumes = services.SelectMany(service => service.Volumes).Select(volume => volume.Name).Distinct().ToList();
        if (volumes.Count > 0)
            yaml.Append("volumes:\n");
        foreach (var volume in volumes)
            yaml.Append(CultureInfo.InvariantCulture, $"  {volume}:\n    driver: \"local\"\n");
        return yaml.ToString();
    }

    private static void Add(StringBuilder yaml, Service service)
    {
        yaml.Append(CultureInfo.InvariantCulture, $"  {service.Name}:\n");
        Line(yaml, 2, "image", service.Image);
        List(yaml, "command", service.Command);
        List(yaml, "entrypoint", service.Entrypoint);
        Section(yaml, "environment", service.Environment, (name, value) => Line(yaml, 3, name, value));
        List(yaml, "ports", service.Ports);
        List(yaml, "expose", service.Expose);
        if (service.Volumes.Count > 0)
            yaml.Append("    volumes:\n");
        foreach (var volume in service.Volumes)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"      - type: {Quoted(volume.Type ?? "volume")}\n        target: {Quoted(volume.Target ?? "")}\n        source: {Quoted(volume.Source ?? "")}\n");
            yaml.Append(CultureInfo.InvariantCulture, $"        read_only: {(volume.ReadOnly == true ? "true" : "false")}\n");
        }

        Section(yaml, "depends_on", service.DependsOn, (name, dependency) =>
        {
            yaml.Append(CultureInfo.InvariantCulture, $"      {name}:\n");
            Line(yaml, 4, "condition", dependency.Condition);
        });
        List(yaml, "networks", service.Networks);
        Line(yaml, 2, "restart", service.Restart);
        Line(yaml, 2, "stop_grace_period", service.StopGracePeriod);
        Section(yaml, "ulimits", service.Ulimits, (name, limit) => yaml.Append(CultureInfo.InvariantCulture, $"      {name}:\n        soft: {limit.Soft}\n        hard: {limit.Hard}\n"));
    }

    private static void Section<T>(StringBuilder yaml, string name, Dictionary<string, T> entries, Action<string, T> add)
    {
        if (entries.Count > 0)
            yaml.Append(CultureInfo.InvariantCulture, $"    {name}:\n");
        foreach (var (key, value) in entries)
            add(key, value);
    }

    private static void List(StringBuilder yaml, string name, List<string> values)
    {
        if (values.Count > 0)
            yaml.Append(CultureInfo.InvariantCulture, $"    {name}:\n");
        foreach (var value in values)
            yaml.Append(CultureInfo.InvariantCulture, $"      - {Quoted(value)}\n");
    }

    private static void Line(StringBuilder yaml, int level, string name, string? value)
    {
        if (value is not null)
            yaml.Append(' ', 2 * level).Append(CultureInfo.InvariantCulture, $"{name}: {Quoted(value)}\n");
    }

    private static string Quoted(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
