using System.Text.Json;

namespace Aspire.Hosting.Running;

/// <summary>The generated secrets of one AppHost that keeps data: a JSON file that only its owner may read.</summary>
internal sealed class SecretFile(string file)
{
    private static readonly Lock Gate = new();
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public static SecretFile Of(IDistributedApplicationBuilder builder)
    {
        var hash = builder.Configuration["AppHost:Sha256"] ?? "";
        return new(Path.Combine(DataRoot.Place, $"{builder.Environment.ApplicationName.ToLowerInvariant()}-{hash[..Math.Min(10, hash.Length)]}-secrets.json"));
    }

    public string GetOrAdd(string name, Func<string> generate)
    {
        lock (Gate)
        {
            var secrets = Read();
            if (secrets.TryGetValue(name, out var value))
                return value;
            value = secrets[name] = generate();
            DataRoot.Make(Path.GetDirectoryName(file)!, DataRoot.OthersMayPass);
            // A rename arrives whole: a host that dies here must not leave half a file.
            DataRoot.WriteSecret(file + ".new", JsonSerializer.Serialize(secrets, Readable));
            File.Move(file + ".new", file, overwrite: true);
            return value;
        }
    }

    private Dictionary<string, string> Read()
    {
        if (!File.Exists(file))
            return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file)) ?? [];
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new HostFaultException($"The file {file} with the generated passwords can't be read ({fault.Message}); mend it, or delete it together with the data folders beside it to start afresh.", fault);
        }
    }
}
