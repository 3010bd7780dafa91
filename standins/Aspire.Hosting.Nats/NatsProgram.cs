using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using LiveComments.Machine;

namespace Aspire.Hosting.Nats;

internal sealed class JetStreamEnabled : IResourceAnnotation;

/// <summary>Runs this machine's nats-server, configured by a file, so that its password is on no command line.</summary>
internal sealed partial class NatsProgram(NatsServerResource nats) : LocalServer
{
    public override ServerProgram Program => ServerProgram.Nats;

    public override IEnumerable<ParameterResource> Secrets => nats.PasswordParameter is { } password ? [password] : [];

    public override async Task<Launch> PrepareAsync(ServerStart start, CancellationToken cancellationToken)
    {
        List<string> lines = [string.Create(CultureInfo.InvariantCulture, $"listen: \"127.0.0.1:{start.Port}\"")];
        if (nats.PasswordParameter is { } password)
        {
            var user = await nats.UserNameReference.GetValueAsync(cancellationToken).ConfigureAwait(false);
            var secret = await password.GetValueAsync(cancellationToken).ConfigureAwait(false);
            lines.Add($"authorization {{ user: {Quote(user!)}, password: {Quote(secret!)} }}");
        }

        if (nats.HasAnnotationOfType<JetStreamEnabled>())
        {
            var store = Path.Combine(start.Data.Path, "store");
            if (File.Exists(store))
                throw new HostFaultException($"The NATS data in {start.Data.Path} is damaged ({store} is a file); move the folder away or delete it to start afresh.");
            lines.Add($"jetstream {{ store_dir: {Quote(DataRoot.Make(store, DataRoot.OwnerOnly))} }}");
        }

        var file = Path.Combine(start.Data.Path, "nats.conf");
        DataRoot.WriteSecret(file, string.Join('\n', lines) + '\n');
        return new(start.Program, ["-c", file], start.Data.Path, ResourceEnvironment.Inherited());
    }

    public override string? Reason(IReadOnlyList<string> lastLines) =>
        lastLines.LastOrDefault(line => Serious().IsMatch(line)) is { } line ? Serious().Match(line).Groups["text"].Value : base.Reason(lastLines);

    // It leaves out what it can't read and goes on: acknowledged comments would silently be gone.
    public override bool TellsDamage(string line) => Damage().IsMatch(line);

    // JSON's strings are strings of the server's configuration language, too.
    private static string Quote(string text) => JsonSerializer.Serialize(text);

    // [12] 2026/01/01 10:00:00.000000 [FTL] text
    [GeneratedRegex(@"\[(FTL|ERR)\] (?<text>.*)$")]
    private static partial Regex Serious();

    [GeneratedRegex(@"\[(WRN|ERR|FTL)\].*(corrupt|checksum|[Ee]rror recovering|[Ee]rror unmarshal|[Ee]rror adding stream|Missing stream metafile|[Bb]ad (stream|consumer|message))")]
    private static partial Regex Damage();
}
