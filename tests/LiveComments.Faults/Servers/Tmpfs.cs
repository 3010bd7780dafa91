using System.Diagnostics;
using System.Globalization;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Servers;

/// <summary>A disk in memory that can be made too small while it is used. Needs root.</summary>
sealed class Tmpfs : IAsyncDisposable
{
    // Never reached: the test says when the disk is full.
    private const long AmpleBytes = 1024L * 1024 * 1024;

    private readonly string _folder;

    private Tmpfs(string folder) => _folder = folder;

    /// <summary>Whether this user may mount one.</summary>
    public static bool IsPossible => Environment.UserName == "root" && File.Exists("/usr/bin/mount");

    public static Tmpfs Mount(string folder)
    {
        Run("/usr/bin/mount", "-t", "tmpfs", "-o", Size(AmpleBytes), "tmpfs", folder);
        return new Tmpfs(folder);
    }

    public long UsedBytes
    {
        get
        {
            var drive = new DriveInfo(_folder);
            return drive.TotalSize - drive.TotalFreeSpace;
        }
    }

    /// <summary>Only so much fits from now on, besides what is there.</summary>
    public void LeaveRoomFor(long bytes) => Remount(UsedBytes + bytes);

    public void MakeAmple() => Remount(AmpleBytes);

    public async ValueTask DisposeAsync()
    {
        // The kernel lets go of a dead process's files a moment after it.
        await Eventually.UntilAsync("the disk under the log can be taken away", () =>
        {
            Run("/usr/bin/umount", _folder);
            return true;
        });
    }

    private void Remount(long bytes) => Run("/usr/bin/mount", "-o", $"remount,{Size(bytes)}", _folder);

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"size={bytes}");

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true }) ?? throw new InvalidOperationException($"{program} did not start.");
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }
}
