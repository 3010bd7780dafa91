using LiveComments.Machine;

namespace Aspire.Hosting.Running;

/// <summary>Where this user's kept data lies: one folder per volume.</summary>
internal static class DataRoot
{
    private const string Folder = "livecomments";
    // Root's home is closed to others, but a server that refuses root must reach its data.
    private const string RootsPlace = "/var/lib";

    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode OthersMayPass = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    public const UnixFileMode SecretFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static string Place
    {
        get
        {
            var home = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
            if (string.IsNullOrEmpty(home))
                home = ServerPrograms.IsRoot ? RootsPlace : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
            return Path.Combine(home, Folder);
        }
    }

    /// <summary>Makes a folder, with the mode if it is new.</summary>
    public static string Make(string folder, UnixFileMode mode)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else if (!Directory.Exists(folder))
                Directory.CreateDirectory(folder, mode);
            return folder;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new HostFaultException($"The folder {folder} can't be made: {fault.Message}", fault);
        }
    }

    /// <summary>Writes a file that only its owner may read, from its first byte on.</summary>
    public static void WriteSecret(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = SecretFile;
            if (File.Exists(file))
                File.SetUnixFileMode(file, SecretFile);
        }

        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}
