using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;

namespace Aspire.Hosting;

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name) where TProject : IProjectMetadata, new() =>
        Add(builder, name, new TProject(), BuiltProject.Find(typeof(TProject).Assembly, new TProject().ProjectPath), ProfileChoice.Default);

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName) where TProject : IProjectMetadata, new() =>
        Add(builder, name, new TProject(), BuiltProject.Find(typeof(TProject).Assembly, new TProject().ProjectPath), ProfileChoice.Named(launchProfileName));

    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        AddByPath(builder, name, projectPath, ProfileChoice.Default);

    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName) =>
        AddByPath(builder, name, projectPath, ProfileChoice.Named(launchProfileName));

    private static IResourceBuilder<ProjectResource> AddByPath(IDistributedApplicationBuilder builder, string name, string projectPath, ProfileChoice profile)
    {
        var path = Path.GetFullPath(projectPath, builder.AppHostDirectory);
        return Add(builder, name, new ProjectAt(path), BuiltProject.Find(builder.AppHostAssembly, path), profile);
    }

    private static IResourceBuilder<ProjectResource> Add(IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, BuiltProject built, ProfileChoice choice)
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata).WithAnnotation(built);
        if (choice.IsExcluded)
            project.WithAnnotation<ExcludeLaunchProfileAnnotation>();
        OtlpEnvironment.Add(project);
        if (builder.ExecutionContext.IsRunMode)
            project.WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple");
        if (LaunchProfileFile.Choose(metadata.ProjectPath, choice) is { } profile)
        {
            project.WithAnnotation(new LaunchProfileAnnotation(profile.Name)).WithEnvironment("DOTNET_LAUNCH_PROFILE", profile.Name);
            foreach (var (variable, value) in profile.EnvironmentVariables)
                project.WithEnvironment(variable, value);
            foreach (var url in profile.HttpUrls)
                project.WithHttpEndpoint(port: url.Port);
        }

        // Last of all, when every endpoint is known: where ASP.NET Core listens.
        return project.WithAnnotation(new LastEnvironmentCallback(context =>
        {
            if (context.ExecutionContext.IsPublishMode)
                return;
            var urls = project.Resource.GetEndpoints().Where(endpoint => endpoint.IsHttp).Select(endpoint => endpoint.Url).ToList();
            if (urls.Count > 0)
                context.EnvironmentVariables.TryAdd("ASPNETCORE_URLS", string.Join(';', urls));
        }));
    }

    private sealed record ProjectAt(string ProjectPath) : IProjectMetadata;
}

/// <summary>The launch profile that a call of AddProject asks for: the first one, a certain one, or none.</summary>
internal readonly record struct ProfileChoice(string? Name, bool IsExcluded)
{
    public static ProfileChoice Default => default;

    public static ProfileChoice Named(string? name) => new(name, IsExcluded: name is null);
}

/// <summary>Runs after all ordinary environment callbacks.</summary>
internal sealed record LastEnvironmentCallback(Action<EnvironmentCallbackContext> Callback) : IResourceAnnotation;
