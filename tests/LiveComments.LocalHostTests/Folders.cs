namespace LiveComments.LocalHostTests;

/// <summary>Data and temporary folders for one test's hosts. Others may pass, since Postgres never runs as root.</summary>
public sealed class Folders : IDisposable
{
    private const UnixFileMode OthersMayPass = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _root = Make(Path.Combine(Path.GetTempPath(), $"localhost-test-{Guid.NewGuid():N}"));

    public Folders()
    {
        Data = Make(Path.Combine(_root, "data"));
        Temporary = Make(Path.Combine(_root, "tmp"));
    }

    public string Data { get; }

    public string Temporary { get; }

    /// <summary>The kept data folder of a resource.</summary>
    public string Volume(string resource) => Directory.EnumerateDirectories(Path.Combine(Data, "livecomments"), $"*-{resource}-data").Single();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Make(string path) => OperatingSystem.IsWindows() ? Directory.CreateDirectory(path).FullName : Directory.CreateDirectory(path, OthersMayPass).FullName;
}
