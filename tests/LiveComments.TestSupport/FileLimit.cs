using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LiveComments.TestSupport;

/// <summary>How many files a running process may open. Below what it has open already, it keeps those and gets no more.</summary>
public static class FileLimit
{
    // <sys/resource.h> of Linux.
    private const int Files = 7;

    /// <summary>Sets the soft limit, and returns what it was.</summary>
    /// <param name="processId">A process that the test started.</param>
    /// <param name="files">No more than the hard limit.</param>
    public static long Set(int processId, long files)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 2);
        Check(Prlimit(processId, Files, 0, out var before));
        var wanted = before with { Soft = (nuint)files };
        Check(Prlimit(processId, Files, ref wanted, 0));
        return (long)before.Soft;
    }

    /// <summary>How many it has open.</summary>
    public static int Open(int processId) => Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length;

    private static void Check(int result)
    {
        if (result != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Prlimit(int processId, int resource, nint wanted, out Limits before);

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Prlimit(int processId, int resource, ref Limits wanted, nint before);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limits(nuint Soft, nuint Hard);
}
