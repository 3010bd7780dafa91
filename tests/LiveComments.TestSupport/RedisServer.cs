using System.Diagnostics;
using System.Globalization;
using System.Text;
using LiveComments.Machine;

namespace LiveComments.TestSupport;

/// <summary>A real redis-server, password-protected.</summary>
/// <param name="isKept">With an append-only file, so that what it has survives a restart.</param>
public sealed class RedisServer(bool isKept = true) : ServerProcess
{
    public const string Password = "test-password";

    public string ConnectionString => $"127.0.0.1:{Port},password={Password}";

    private protected override ServerProgram Program => ServerProgram.Redis;

    private protected override ProcessStartInfo StartInfo(string program) => new(program,
    [
        "--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", DataFolder,
        "--requirepass", Password, "--appendonly", isKept ? "yes" : "no", "--save", "",
    ]);

    /// <summary>Deletes the key, which must be there.</summary>
    public async Task ForgetAsync(string key)
    {
        if (!await TalkAsync(stream => AnswersOkAsync(stream, $"DEL {key}", ":1")))
            throw new InvalidOperationException($"Redis had no '{key}' to forget.");
    }

    /// <summary><c>FLUSHALL</c>: it forgets everything.</summary>
    public async Task ForgetAllAsync()
    {
        if (!await TalkAsync(stream => AnswersOkAsync(stream, "FLUSHALL", "+OK")))
            throw new InvalidOperationException("Redis did not forget.");
    }

    public Task<bool> HasKeyAsync(string key) => TalkAsync(stream => AnswersOkAsync(stream, $"EXISTS {key}", ":1"));

    /// <summary>The key's value; null when it has none.</summary>
    public async Task<string?> GetAsync(string key)
    {
        // "$5", then the value on a line of its own; "$-1" for none.
        string? value = null;
        await TalkAsync(async stream =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {Password}\r\nGET {key}\r\n"));
            using var reader = new StreamReader(stream, leaveOpen: true);
            await reader.ReadLineAsync();
            if (await reader.ReadLineAsync() is not "$-1")
                value = await reader.ReadLineAsync();
            return true;
        });
        return value;
    }

    private protected override Task<bool> AnswersAsync() => TalkAsync(stream => AnswersOkAsync(stream, "PING", "+PONG"));

    private static async Task<bool> AnswersOkAsync(Stream stream, string command, string answer)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {Password}\r\n{command}\r\n"));
        using var reader = new StreamReader(stream, leaveOpen: true);
        return await reader.ReadLineAsync() == "+OK" && await reader.ReadLineAsync() == answer;
    }
}
