using System.Diagnostics;
using System.Globalization;
using LiveComments.Machine;

namespace LiveComments.TestSupport;

/// <summary>A real nats-server with JetStream. Its configuration is written before each start from <see cref="Configuration"/>.</summary>
public sealed class NatsServer : ServerProcess
{
    /// <summary>Extra lines of server configuration, such as an <c>authorization</c> block.</summary>
    public string Configuration { get; set; } = "";

    public string Url => $"nats://127.0.0.1:{Port}";

    private protected override ServerProgram Program => ServerProgram.Nats;

    private protected override async Task PrepareAsync(string program) =>
        await File.WriteAllTextAsync(ConfigurationFile, string.Create(CultureInfo.InvariantCulture, $$"""
            listen: "127.0.0.1:{{Port}}"
            jetstream { store_dir: "{{DataFolder}}" }
            {{Configuration}}
            """));

    private protected override ProcessStartInfo StartInfo(string program) => new(program, ["-c", ConfigurationFile]);

    // The server greets with INFO before any login; JetStream is ready by then.
    private protected override Task<bool> AnswersAsync() => TalkAsync(async stream =>
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        return (await reader.ReadLineAsync())?.StartsWith("INFO ", StringComparison.Ordinal) == true;
    });

    private string ConfigurationFile => Path.Combine(DataFolder, "nats.conf");
}
