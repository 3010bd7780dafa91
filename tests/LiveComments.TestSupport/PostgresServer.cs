using System.Diagnostics;
using System.Globalization;
using LiveComments.Machine;

namespace LiveComments.TestSupport;

/// <summary>A real PostgreSQL with a fresh cluster. As root it runs as the user <c>nobody</c>, since it refuses root.</summary>
public sealed class PostgresServer : ServerProcess
{
    public const string Password = "test-password";

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=postgres;Password={Password};Database=postgres";

    /// <summary>Another database of this server.</summary>
    public string ConnectionStringOf(string database) => ConnectionString[..ConnectionString.LastIndexOf('=')] + $"={database}";

    /// <summary>A backup as an operator takes it: <c>pg_dump</c>, while the database is in use.</summary>
    public async Task<string> DumpAsync()
    {
        var file = Path.Combine(Path.GetTempPath(), $"livecomments-test-{Guid.NewGuid():N}.dump");
        await ToolAsync("pg_dump", "--format=custom", $"--file={file}", "postgres");
        return file;
    }

    /// <summary>A new database with nothing in it, or with what <paramref name="dump"/> has.</summary>
    public async Task CreateDatabaseAsync(string name, string? dump = null)
    {
        await ToolAsync("createdb", name);
        if (dump is not null)
            await ToolAsync("pg_restore", "--exit-on-error", $"--dbname={name}", dump);
    }

    private async Task ToolAsync(string tool, params string[] arguments)
    {
        var program = Path.Combine(Path.GetDirectoryName(ServerPrograms.Find(Program)!)!, tool);
        var address = new[] { "--host=127.0.0.1", $"--port={Port.ToString(CultureInfo.InvariantCulture)}", "--username=postgres" };
        // By way of env, since the password must not be an argument of the tool.
        var (exitCode, output) = await RunAsync("/usr/bin/env", [$"PGPASSWORD={Password}", program, .. address, .. arguments]);
        if (exitCode != 0)
            throw new InvalidOperationException($"{tool} failed: {output}");
    }

    private string Cluster => Path.Combine(DataFolder, "cluster");

    private protected override ServerProgram Program => ServerProgram.Postgres;

    private protected override async Task PrepareAsync(string program)
    {
        if (Directory.Exists(Cluster))
            return;
        var passwordFile = Path.Combine(DataFolder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        if (ServerPrograms.IsRoot)
            await RunAsync("/bin/chown", "-R", "nobody", DataFolder);
        string[] command = [.. AsOrdinaryUser(Path.Combine(Path.GetDirectoryName(program)!, "initdb")),
            "-D", Cluster, "-U", "postgres", "-E", "UTF8", "--locale=C", "--auth=scram-sha-256", $"--pwfile={passwordFile}", "--no-sync"];
        var (exitCode, output) = await RunAsync(command[0], command[1..]);
        if (exitCode != 0)
            throw new InvalidOperationException($"initdb failed: {output}");
    }

    private protected override ProcessStartInfo StartInfo(string program)
    {
        string[] command = [.. AsOrdinaryUser(program), "-D", Cluster, "-p", Port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=100"];
        return new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = DataFolder };
    }

    // Who says "postgres" is asked for a password ('R') by a server that is up, and told so ('E') by one that is starting.
    private protected override Task<bool> AnswersAsync() => TalkAsync(async stream =>
    {
        // Length 23, protocol 3.0, "user" = "postgres".
        await stream.WriteAsync((byte[])[0, 0, 0, 23, 0, 3, 0, 0, .. "user\0postgres\0\0"u8]);
        var answer = new byte[1];
        return await stream.ReadAsync(answer) == 1 && answer[0] == (byte)'R';
    });

    // setpriv replaces itself by the program, so signals reach postgres itself.
    private static string[] AsOrdinaryUser(string program) =>
        ServerPrograms.IsRoot ? ["/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", program] : [program];
}
