using System.Runtime.InteropServices;

namespace Aspire.Hosting.Running;

/// <summary>Finds programs: the dotnet that runs this host, and commands by the rules of a shell.</summary>
internal static class DotnetProgram
{
    /// <summary>Projects run on the same .NET as the host does.</summary>
    public static string Path { get; } = Find();

    public static string? Resolve(string command, string folder)
    {
        if (command.Contains('/', StringComparison.Ordinal))
            return System.IO.Path.GetFullPath(command, folder) is var file && File.Exists(file) ? file : null;
        var places = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return places.Select(place => System.IO.Path.Combine(place, command)).FirstOrDefault(File.Exists);
    }

    private static string Find()
    {
        if (Environment.ProcessPath is { } self && System.IO.Path.GetFileNameWithoutExtension(self) == "dotnet")
            return self;
        // <root>/shared/Microsoft.NETCore.App/<version>/ : the root holds the program.
        var root = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return System.IO.Path.Combine(root, "dotnet") is var beside && File.Exists(beside) ? beside : Resolve("dotnet", "/") ?? "dotnet";
    }
}
