using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace LiveComments.LocalHostTests;

/// <summary>The built AppHost as a process of its own, as a user starts it. Everything it starts carries a mark, so that leftovers can be found.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const string MarkVariable = "LIVECOMMENTS_TEST_MARK";

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Process _process;

    private HostProcess(string dataHome, string temporary, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Projects.LiveComments_AppHost).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_DATA_HOME"] = dataHome;
        start.Environment["TMPDIR"] = temporary;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment[MarkVariable] = _mark;
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyCollection<string> Output => _output;

    /// <summary>What the user is told of a fault.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public int Id => _process.Id;

    public string Url => _output.Single(line => line.StartsWith("Ready: ", StringComparison.Ordinal))["Ready: ".Length..];

    private bool IsReady => _output.Any(line => line.StartsWith("Ready: ", StringComparison.Ordinal));

    public static HostProcess Start(Folders folders, params string[] arguments) => new(folders.Data, folders.Temporary, arguments);

    public static async Task<HostProcess> StartReadyAsync(Folders folders, params string[] arguments)
    {
        var host = Start(folders, arguments);
        await Eventually.UntilAsync("the host says that it is ready, or ends", () => host._process.HasExited || host.IsReady, TimeSpan.FromSeconds(90));
        if (!host.IsReady)
        {
            host._process.WaitForExit();
            throw new InvalidOperationException($"The host ended with {host._process.ExitCode}: {host}");
        }

        return host;
    }

    public async Task<int> ExitCodeAsync()
    {
        await Eventually.WithinAsync($"the host ends; so far: {this}", _process.WaitForExitAsync(), TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public void Signal(string signal) => ProcessSignal.Send(Id, signal);

    /// <summary>Everything that the host has started, directly or not, and that still lives.</summary>
    public IReadOnlyList<MarkedProcess> Descendants() => [.. Marked().Where(process => process.Id != Id)];

    public Task NothingLeftAsync() => Eventually.UntilAsync(
        $"no process is left behind; left: {string.Join(" | ", Marked().Select(process => process.CommandLine))}", () => Marked().Count == 0);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await NothingLeftAsync();
        _process.Dispose();
    }

    public override string ToString() => string.Join('\n', _output.Concat(_errors));

    private List<MarkedProcess> Marked()
    {
        var found = new List<MarkedProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Contains(_mark, StringComparison.Ordinal))
                    found.Add(new(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ').Trim()));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or it is somebody else's.
            }
        }

        return found;
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}

public sealed record MarkedProcess(int Id, string CommandLine);
