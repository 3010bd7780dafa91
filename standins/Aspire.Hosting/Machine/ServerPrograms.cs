using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LiveComments.Machine;

/// <summary>A server program of this machine: its file name, the Debian package that holds it, and where Debian puts it.</summary>
internal sealed record ServerProgram(string FileName, string DebianPackage, params string[] DebianPlaces)
{
    public static readonly ServerProgram Nats = new("nats-server", "nats-server", "/usr/sbin", "/usr/bin");
    public static readonly ServerProgram Redis = new("redis-server", "redis-server", "/usr/bin");
    // Debian keeps the postgres programs of each major version apart and off the PATH; initdb lies beside postgres.
    public static readonly ServerProgram Postgres = new("postgres", "postgresql-15", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin");
    public static readonly ServerProgram Chromium = new("chromium", "chromium", "/usr/bin");
    // Checks and tests alert rules; nothing of Prometheus is ever started.
    public static readonly ServerProgram Promtool = new("promtool", "prometheus", "/usr/bin");
    // Attacks services by being slow; tests point it at their own.
    public static readonly ServerProgram SlowHttpTest = new("slowhttptest", "slowhttptest", "/usr/bin");
}

/// <summary>A program is missing and can't be installed here. The message says what to do, in one sentence.</summary>
internal sealed class ServerProgramMissingException(string message) : Exception(message);

/// <summary>Finds server programs on this machine; as root on Debian it installs what is missing.</summary>
internal static class ServerPrograms
{
    // An install of Chromium's packages over a slow line takes minutes; a lock held by another install adds to it.
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The program's full path, or null when it is neither on PATH nor in Debian's places.</summary>
    public static string? Find(ServerProgram program)
    {
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var folder in program.DebianPlaces.Concat(path))
        {
            var file = new FileInfo(Path.Combine(folder, program.FileName));
            if (file.Exists)
            {
                // Resolved, because postgres finds its share folder and its siblings relative to the real place; but not to
                // another name: Debian's redis-server is a link to redis-check-rdb, which acts by the name it is called.
                var target = file.ResolveLinkTarget(returnFinalTarget: true);
                return target?.Name == program.FileName ? target.FullName : file.FullName;
            }
        }

        return null;
    }

    /// <summary>
    /// The programs' full paths, in the order asked for. Missing ones are installed with apt-get, after one line to
    /// <paramref name="say"/> each.
    /// </summary>
    /// <exception cref="ServerProgramMissingException">A program is missing and this is no Debian, or not root, or apt-get failed.</exception>
    public static Task<IReadOnlyList<string>> FindOrInstallAsync(
        IReadOnlyList<ServerProgram> programs, Action<string> say, CancellationToken cancellationToken) =>
        FindOrInstallAsync(programs, say, mayInstall: IsRoot, cancellationToken);

    internal static async Task<IReadOnlyList<string>> FindOrInstallAsync(
        IReadOnlyList<ServerProgram> programs, Action<string> say, bool mayInstall, CancellationToken cancellationToken)
    {
        var missing = programs.Where(program => Find(program) is null).ToList();
        if (missing.Count > 0)
        {
            var command = $"apt-get install {string.Join(' ', missing.Select(program => program.DebianPackage))}";
            var names = string.Join(", ", missing.Select(program => program.FileName));
            if (!File.Exists("/usr/bin/apt-get"))
            {
                throw new ServerProgramMissingException($"Missing on this machine: {names}. Install them and put them on the PATH (on Debian: {command}).");
            }

            if (!mayInstall)
            {
                throw new ServerProgramMissingException($"Missing on this machine: {names}. Install with: sudo {command}");
            }

            await InstallAsync(missing, command, say, cancellationToken).ConfigureAwait(false);
        }

        return [.. programs.Select(program => Find(program) ?? throw new ServerProgramMissingException(
            $"{program.FileName} is still missing after apt-get installed {program.DebianPackage}; install it by hand and put it on the PATH."))];
    }

    public static bool IsRoot => GetEffectiveUserId() == 0;

    private static async Task InstallAsync(List<ServerProgram> missing, string command, Action<string> say, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(InstallTimeout);
        await using var turn = await TakeTurnAsync(timeout.Token).ConfigureAwait(false);

        // Another process may have installed them while this one waited for its turn.
        missing = [.. missing.Where(program => Find(program) is null)];
        if (missing.Count == 0)
        {
            return;
        }

        foreach (var program in missing)
        {
            say($"Installing {program.FileName} (Debian package {program.DebianPackage}) with apt-get ...");
        }

        // A package's own service would start on its well-known port without credentials: forbidden while we install.
        const string Policy = "/usr/sbin/policy-rc.d";
        var ownPolicy = !OperatingSystem.IsWindows() && !File.Exists(Policy);
        if (ownPolicy && !OperatingSystem.IsWindows())
        {
            await File.WriteAllTextAsync(Policy, "#!/bin/sh\nexit 101\n", timeout.Token).ConfigureAwait(false);
            File.SetUnixFileMode(Policy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        try
        {
            // An update that fails may still leave a list that is good enough: the install tells.
            var (_, updateOutput) = await RunAptAsync(["update", "-q"], timeout.Token).ConfigureAwait(false);
            var (exitCode, output) = await RunAptAsync(
                ["install", "-y", "-q", "--no-install-recommends", .. missing.Select(program => program.DebianPackage)], timeout.Token).ConfigureAwait(false);
            if (exitCode != 0)
            {
                var reason = (output + '\n' + updateOutput).Split('\n').FirstOrDefault(line => line.StartsWith("E:", StringComparison.Ordinal)) ?? $"exit code {exitCode}";
                throw new ServerProgramMissingException($"apt-get could not install {string.Join(", ", missing.Select(program => program.DebianPackage))} ({reason.Trim()}); install by hand with: {command}");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerProgramMissingException($"apt-get did not finish within {InstallTimeout.TotalMinutes} minutes; install by hand with: {command}");
        }
        finally
        {
            if (ownPolicy)
            {
                File.Delete(Policy);
            }
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAptAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/usr/bin/apt-get") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add("-oDPkg::Lock::Timeout=300");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new ServerProgramMissingException("apt-get did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output.ConfigureAwait(false) + await error.ConfigureAwait(false));
    }

    // Test projects run side by side and each may find the same server missing: one installs, the others wait.
    private static async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream("/run/lock/livecomments-install", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();
}
