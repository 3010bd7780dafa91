using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LiveComments.TestSupport;

/// <summary>Signals of Linux, sent by the system call: a bare machine has no <c>kill</c> program.</summary>
public static class ProcessSignal
{
    // As numbered on x86-64 and ARM64.
    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal)
    {
        ["INT"] = 2,
        ["KILL"] = 9,
        ["USR2"] = 12,
        ["TERM"] = 15,
        ["CONT"] = 18,
        ["STOP"] = 19,
    };

    /// <param name="processId">A process that the test started.</param>
    /// <param name="signal">The name without <c>SIG</c>.</param>
    public static void Send(int processId, string signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 2);
        if (Kill(processId, Numbers[signal]) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"SIG{signal} did not reach process {processId}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
