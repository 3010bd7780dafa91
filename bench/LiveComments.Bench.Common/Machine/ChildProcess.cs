using System.Collections.Concurrent;
using System.Diagnostics;
using LiveComments.TestSupport;

namespace LiveComments.Bench.Common.Machine;

/// <summary>A process that the benchmark started and ends.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int MaxKeptLines = 100;
    private static readonly TimeSpan PoliteEnd = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    public ChildProcess(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingFolder)
    {
        Name = name;
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingFolder };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>Its last lines.</summary>
    public string Output => string.Join('\n', _output);

    public Task UntilAnswersAsync(HttpClient client, string address) => Eventually.UntilAsync($"{Name} answers {address}", async () =>
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}: {Output}");
        using var answer = await client.GetAsync(new Uri(address));
        return answer.IsSuccessStatusCode;
    });

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            ProcessSignal.Send(Id, "TERM");
            try
            {
                await _process.WaitForExitAsync().WaitAsync(PoliteEnd);
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        while (_output.Count > MaxKeptLines)
            _output.TryDequeue(out _);
    }
}
