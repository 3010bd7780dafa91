using System.Diagnostics;
using System.Globalization;
using System.Text;
using LiveComments.Machine;

namespace LiveComments.TestSupport;

/// <summary>A real redis-server, password-protected, with an append-only file so that it survives a restart.</summary>
public sealed class RedisServer : ServerProcess
{
    public const string Password = "test-password";

    public string ConnectionString => $"127.0.0.1:{Port},password={Password}";

    private protected override ServerProgram Program => ServerProgram.Redis;

    private protected override ProcessStartInfo StartInfo(string program) => new(program,
    [
        "--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", DataFolder,
        "--requirepass", Password, "--appendonly", "yes", "--save", "",
    ]);

    private protected override Task<bool> AnswersAsync() => TalkAsync(async stream =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {Password}\r\nPING\r\n"));
        using var reader = new StreamReader(stream, leaveOpen: true);
        return await reader.ReadLineAsync() == "+OK" && await reader.ReadLineAsync() == "+PONG";
    });
}
