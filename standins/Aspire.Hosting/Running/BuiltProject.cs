using System.Reflection;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>
/// Where a project's build output lies. The AppHost's build notes it as assembly metadata beside the generated
/// <c>Projects.*</c> classes (see standins/Aspire.AppHost.Sdk): key <c>ProjectOutput:&lt;project path&gt;</c>.
/// </summary>
internal sealed record BuiltProject(string ProjectPath, string? Output) : IResourceAnnotation
{
    private const string KeyPrefix = "ProjectOutput:";

    public static BuiltProject Find(Assembly? assembly, string projectPath) => new(projectPath, assembly?
        .GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == KeyPrefix + projectPath)?.Value);

    /// <summary>The assembly to run.</summary>
    /// <exception cref="HostFaultException">The project has not been built.</exception>
    public string RequireOutput()
    {
        var file = Output ?? NewestOutput();
        return file is not null && File.Exists(file) ? file
            : throw new HostFaultException($"The project {ProjectPath} has not been built{(file is null ? "" : $" ({file} is missing)")}; build the solution first (dotnet build).");
    }

    // A project that no generated class names, added by its path.
    private string? NewestOutput()
    {
        var bin = Path.Combine(Path.GetDirectoryName(ProjectPath)!, "bin");
        return Directory.Exists(bin)
            ? Directory.EnumerateFiles(bin, Path.GetFileNameWithoutExtension(ProjectPath) + ".dll", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)
            : null;
    }
}
