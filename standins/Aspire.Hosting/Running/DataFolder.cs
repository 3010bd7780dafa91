using System.Globalization;

namespace Aspire.Hosting.Running;

/// <summary>A server's data: kept (a volume, locked while in use) or throw-away.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string PidSuffix = ".pid";

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
            throw new HostFaultException($"The data folder {path} is in use by another running host{Owner(path)}; stop that one, or start this one without kept data (AppHost.cs lists the options).");
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new HostFaultException($"The data folder {path} belongs to somebody else: {fault.Message} Set XDG_DATA_HOME to a folder of your own.", fault);
        }

        try
        {
            // Beside the lock, since .NET lets nobody read a locked file.
            File.WriteAllText(path + PidSuffix, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new(DataRoot.Make(path, DataRoot.OwnerOnly), isKept: true, @lock);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock?.Dispose();

    private static string Owner(string path) => File.Exists(path + PidSuffix) ? $" (process {File.ReadAllText(path + PidSuffix)})" : "";
}
