using System.Diagnostics;
using System.Globalization;
using System.Text;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Oracle;

/// <summary>Starts the oracle, and writes to its journal: a line counts when the oracle says that it is on disk.</summary>
sealed class OracleClient : IAsyncDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Queue<(long Line, TaskCompletionSource Written)> _waiting = new();
    private readonly StringBuilder _pending = new();
    private readonly SemaphoreSlim _something = new(0, 1);
    private readonly Process _process;
    private readonly Task _sending;
    private readonly Task _hearing;
    private long _lines;
    private bool _isEnding;

    private OracleClient(Process process, string journal)
    {
        (_process, Journal) = (process, journal);
        _sending = SendAsync();
        _hearing = HearAsync();
    }

    /// <summary>The journal's file.</summary>
    public string Journal { get; }

    public static OracleClient Start(string folder)
    {
        var journal = Path.Combine(folder, "journal.txt");
        // This very program, also when a test runner has loaded it.
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(OracleProcess).Assembly.Location, OracleProcess.Verb, journal])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("The oracle did not start.");
        return new OracleClient(process, journal);
    }

    /// <summary>Returns when the line is on disk.</summary>
    public Task WriteAsync(JournalLine line)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            _pending.Append(line).Append('\n');
            _waiting.Enqueue((++_lines, written));
            if (_something.CurrentCount == 0)
                _something.Release();
        }

        return written.Task;
    }

    /// <summary>The oracle writes what it was told, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isEnding)
                return;
            _isEnding = true;
            if (_something.CurrentCount == 0)
                _something.Release();
        }

        await _sending;
        _process.StandardInput.Close();
        await Eventually.WithinAsync("the oracle writes its last lines", _hearing, EndTimeout);
        await Eventually.WithinAsync("the oracle ends", _process.WaitForExitAsync(), EndTimeout);
        _process.Dispose();
        _something.Dispose();
    }

    private async Task SendAsync()
    {
        while (true)
        {
            await _something.WaitAsync();
            byte[] group;
            lock (_lock)
            {
                if (_pending.Length == 0 && _isEnding)
                    return;
                group = Encoding.ASCII.GetBytes(_pending.ToString());
                _pending.Clear();
                // Whoever ends wants one more look at what is pending.
                if (_isEnding && _something.CurrentCount == 0)
                    _something.Release();
            }

            await _process.StandardInput.BaseStream.WriteAsync(group);
            await _process.StandardInput.BaseStream.FlushAsync();
        }
    }

    private async Task HearAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } said)
        {
            var lines = long.Parse(said, CultureInfo.InvariantCulture);
            while (true)
            {
                TaskCompletionSource written;
                lock (_lock)
                {
                    if (!_waiting.TryPeek(out var first) || first.Line > lines)
                        break;
                    written = _waiting.Dequeue().Written;
                }

                written.SetResult();
            }
        }

        lock (_lock)
        {
            foreach (var (_, written) in _waiting)
                written.TrySetException(new IOException("The oracle ended before it wrote this down."));
            _waiting.Clear();
        }
    }
}
