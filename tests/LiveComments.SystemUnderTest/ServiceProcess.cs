using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using LiveComments.TestSupport;

namespace LiveComments.SystemUnderTest;

/// <summary>One of our services as a process of its own, which a test can kill and start again on the same port.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    // A busy machine takes its time for the first requests of a process, which are slow by themselves.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly string _program;
    private readonly Dictionary<string, string> _environment;
    private Process? _process;
    private StreamWriter? _copy;

    /// <param name="project">The project's name, such as <c>LiveComments.Api</c>.</param>
    /// <param name="environment">Added to what this process has.</param>
    public ServiceProcess(string project, IReadOnlyDictionary<string, string> environment)
    {
        // Built along with the tests, so in the same configuration as these.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        _program = Path.Combine(Repository.Root, project, "bin", configuration, "net10.0", project + ".dll");
        _environment = new Dictionary<string, string>(environment) { ["ASPNETCORE_URLS"] = Address.ToString() };
    }

    public Uri Address { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ServerProcess.FreePort()}"));

    /// <summary>One more address, before it starts: HTTP/2 without TLS, spoken by who knows that it is.</summary>
    public Uri AddHttp2()
    {
        // Addresses named one by one take the place of ASPNETCORE_URLS.
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ServerProcess.FreePort()}"));
        _environment["Kestrel__Endpoints__Http1__Url"] = Address.ToString();
        _environment["Kestrel__Endpoints__Http2__Url"] = address.ToString();
        _environment["Kestrel__Endpoints__Http2__Protocols"] = "Http2";
        return address;
    }

    /// <summary>One more setting, before it starts.</summary>
    public void Set(string name, string value) => _environment[name] = value;

    /// <summary>Every line that it prints.</summary>
    public event Action<string>? Printed;

    /// <summary>What it printed lately, newest last.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Writes all that it prints into this file as well; for tests that are looked into afterwards.</summary>
    public void KeepLogIn(string file) => _copy = new StreamWriter(file, append: true) { AutoFlush = true };

    public bool IsRunning => _process is { HasExited: false };

    public int ProcessId => (_process ?? throw new InvalidOperationException("Not started.")).Id;

    /// <summary>Starts it, and returns when it says that it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message has what it printed.</exception>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [_program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(_program)!,
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = Address };
        await Eventually.UntilAsync($"{Path.GetFileName(_program)} is ready", async () =>
        {
            if (_process.HasExited)
                return true;
            using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }, StartTimeout);
        if (!_process.HasExited)
            return;
        // Which waits for its last words as well.
        await _process.WaitForExitAsync();
        throw new InvalidOperationException($"It ended with {_process.ExitCode}: {Log}");
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        if (_process is null or { HasExited: true })
            return;
        _process.Kill();
        await Eventually.WithinAsync("the killed process ends", _process.WaitForExitAsync());
    }

    /// <summary><c>SIGTERM</c>; returns at once, since what happens until the end is what a test is after.</summary>
    public void Stop() => ProcessSignal.Send(ProcessId, "TERM");

    /// <summary>With what code it ended, once it has.</summary>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        var process = _process ?? throw new InvalidOperationException("Not started.");
        await Eventually.WithinAsync($"{Path.GetFileName(_program)} ends", process.WaitForExitAsync(), within);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        if (_copy is not null)
            await _copy.DisposeAsync();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        Printed?.Invoke(line);
        if (_copy is { } copy)
        {
            lock (copy)
                copy.WriteLine(line);
        }

        _log.Enqueue(line);
        while (_log.Count > 200)
            _log.TryDequeue(out _);
    }
}
