using System.Globalization;

namespace Aspire.Hosting.Running;

/// <summary>A server's data: kept (a volume, locked while in use) or throw-away.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream? _lock;

    private DataFolder(string path, bool isKept, FileStream? @lock) => (Path, IsKept, _lock) = (path, isKept, @lock);

    public string Path { get; }

    public bool IsKept { get; }

    public static DataFolder ThrowAway(string path) => new(DataRoot.Make(path, DataRoot.OwnerOnly), isKept: false, null);

    /// <exception cref="HostFaultException">Another running host uses it, or it can't be made.</exception>
    public static DataFolder Kept(string path)
    {
        var root = System.IO.Path.GetDirectoryName(path)!;
        DataRoot.Make(root, DataRoot.OthersMayPass);
        var file = path + ".lock";
        FileStream @lock;
        try
        {
            @lock = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException)
        {
            throw new HostFaultException($"The data folder {path} is in use by another running host{Owner(file)}; stop that one, or start this one without kept data (AppHost.cs lists the options).");
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new HostFaultException($"The data folder {path} belongs to somebody else: {fault.Message} Set XDG_DATA_HOME to a folder of your own.", fault);
        }

        @lock.SetLength(0);
        @lock.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        try
        {
            return new(DataRoot.Make(path, DataRoot.OwnerOnly), isKept: true, @lock);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock?.Dispose();

    private static string Owner(string file)
    {
        try
        {
            // Sharing everything asks for no lock of our own, so it reads in spite of the owner's.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd() is { Length: > 0 } pid ? $" (process {pid})" : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
