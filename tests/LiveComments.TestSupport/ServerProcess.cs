using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LiveComments.Machine;

namespace LiveComments.TestSupport;

/// <summary>A real server on a free loopback port with a data folder of its own; the base of the server fixtures.</summary>
/// <remarks>The process can be killed, paused and started again on the same port and data, which is what failure tests need.</remarks>
public abstract class ServerProcess : IAsyncDisposable
{
    // Above what servers are commonly found at, and below Linux's default for outgoing connections.
    private const int FirstPort = 15_000;
    private const int FirstOutgoingPort = 32_768;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    private protected ServerProcess() => Directory.CreateDirectory(DataFolder);

    /// <summary>The port it listens on, the same over restarts.</summary>
    public int Port { get; } = FreePort();

    public string DataFolder { get; } = Path.Combine(Path.GetTempPath(), $"livecomments-test-{Guid.NewGuid():N}");

    /// <summary>What the server printed, newest last.</summary>
    public string Log => string.Join('\n', _log);

    public bool IsRunning => _process is { HasExited: false };

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("Not started.");

    private protected abstract ServerProgram Program { get; }

    private protected abstract ProcessStartInfo StartInfo(string program);

    /// <summary>True once the server answers its own protocol.</summary>
    private protected abstract Task<bool> AnswersAsync();

    private protected virtual Task PrepareAsync(string program) => Task.CompletedTask;

    public async Task StartAsync()
    {
        var program = (await ServerPrograms.FindOrInstallAsync([Program], Console.WriteLine, CancellationToken.None))[0];
        await PrepareAsync(program);
        var start = StartInfo(program);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.UntilAsync($"{Program.FileName} answers on port {Port}; it printed: {Log}", async () => _process.HasExited || await AnswersAsync());
        if (_process.HasExited)
            throw new InvalidOperationException($"{Program.FileName} ended with {_process.ExitCode}: {Log}");
    }

    /// <summary><c>kill -9</c>: the process gets no chance to tidy up.</summary>
    public Task KillAsync() => EndAsync("KILL");

    /// <summary>A polite stop (SIGTERM).</summary>
    public Task StopAsync() => EndAsync("TERM");

    /// <summary>SIGSTOP: alive, but answering nobody, until <see cref="Resume"/>. A thread that was running may answer until it looks: waits for all.</summary>
    public void Pause()
    {
        SignalAll("STOP");
        if (!SpinWait.SpinUntil(() => Directory.GetDirectories($"/proc/{ProcessId}/task").All(IsPaused), Patience))
            throw new InvalidOperationException($"{Program.FileName} goes on after SIGSTOP.");
    }

    public void Resume() => SignalAll("CONT");

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
            await KillAsync();
        _process?.Dispose();
        Directory.Delete(DataFolder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// A port that nobody listens on. Not one of those that the system gives to outgoing connections: a server that is started
    /// again on its port must not find it taken by somebody's connection.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, FirstOutgoingPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private protected static async Task<(int ExitCode, string Output)> RunAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{file} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <summary>True when something accepts TCP connections on the port and <paramref name="talk"/> likes what it says.</summary>
    private protected async Task<bool> TalkAsync(Func<NetworkStream, Task<bool>> talk)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        return await talk(client.GetStream());
    }

    // The first process alone makes new ones, so no child is missed; Postgres has one for each connection.
    // "4242 (nats-server) T ...": stopped by a signal. A thread that has ended meanwhile is in nobody's way.
    private static bool IsPaused(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat[stat.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private void SignalAll(string signal)
    {
        ProcessSignal.Send(ProcessId, signal);
        foreach (var child in File.ReadAllText($"/proc/{ProcessId}/task/{ProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            ProcessSignal.Send(int.Parse(child, CultureInfo.InvariantCulture), signal);
    }

    private async Task EndAsync(string signal)
    {
        if (_process is null || _process.HasExited)
            return;
        ProcessSignal.Send(ProcessId, signal);
        await Eventually.WithinAsync($"{Program.FileName} ends after SIG{signal}", _process.WaitForExitAsync());
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _log.Enqueue(line);
        while (_log.Count > 200)
            _log.TryDequeue(out _);
    }
}
