using System.Globalization;

namespace Aspire.Hosting.Running;

/// <summary>A resource's log as a file that only its owner may read; begun anew by each host.</summary>
internal sealed class LogFile : IDisposable
{
    // A service that floods its log must not fill the disk: what comes later is on the dashboard only.
    private const long LargestFile = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private StreamWriter? _writer;
    private long _written;

    public LogFile(string path)
    {
        DataRoot.WriteSecret(path, "");
        Path = path;
        _writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    public string Path { get; }

    public void Write(LogEntry entry)
    {
        lock (_lock)
        {
            if (_writer is null || _written > LargestFile)
                return;
            var line = string.Create(CultureInfo.InvariantCulture, $"{entry.Time:HH:mm:ss.fff} {entry.Text}");
            _written += line.Length + 1;
            _writer.WriteLine(_written > LargestFile ? "(this file is full; the dashboard shows what follows)" : line);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }
}
