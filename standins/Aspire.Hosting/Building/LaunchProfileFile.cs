using System.Text.Json;

namespace Aspire.Hosting;

internal sealed record LaunchProfileChoice(string Name, IReadOnlyDictionary<string, string> EnvironmentVariables, IReadOnlyList<Uri> HttpUrls);

/// <summary>Reads a project's Properties/launchSettings.json, as far as the local host heeds it: variables and plain HTTP URLs.</summary>
internal static class LaunchProfileFile
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static LaunchProfileChoice? Choose(string projectPath, ProfileChoice choice)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (choice.IsExcluded || !File.Exists(file))
            return null;
        try
        {
            using var settings = JsonDocument.Parse(File.ReadAllText(file), Lenient);
            if (!settings.RootElement.TryGetProperty("profiles", out var profiles))
                return null;
            foreach (var profile in profiles.EnumerateObject())
            {
                var isProject = profile.Value.TryGetProperty("commandName", out var command) && command.GetString() == "Project";
                if (choice.Name is null ? isProject : profile.Name == choice.Name)
                    return Read(profile);
            }
        }
        catch (JsonException fault)
        {
            throw new HostFaultException($"{file} is no valid JSON: {fault.Message}", fault);
        }

        return choice.Name is null ? null : throw new HostFaultException($"{file} has no profile '{choice.Name}'.");
    }

    private static LaunchProfileChoice Read(JsonProperty profile)
    {
        var variables = new Dictionary<string, string>();
        if (profile.Value.TryGetProperty("environmentVariables", out var given))
        {
            foreach (var variable in given.EnumerateObject())
                variables[variable.Name] = variable.Value.GetString() ?? "";
        }

        var urls = profile.Value.TryGetProperty("applicationUrl", out var url) ? url.GetString()?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [] : [];
        return new(profile.Name, variables, [.. urls.Select(text => new Uri(text)).Where(uri => uri.Scheme == Uri.UriSchemeHttp)]);
    }
}
