using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dashboard.Telemetry;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

public partial class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    // A stopping service may take its whole grace period, and the servers stop after the services.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(60);

    private readonly HostApplicationBuilder _host;
    private readonly BuilderHook? _hook = BuilderHook.Current;
    private bool _built;

    public DistributedApplicationBuilder(string[] args) : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = new HostApplicationBuilderSettings();
        _hook?.Constructing(options, settings);

        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory ?? Metadata("AppHostProjectPath") ?? Directory.GetCurrentDirectory();
        settings.Args ??= options.Args;
        settings.ApplicationName ??= AppHostAssembly?.GetName().Name;
        settings.ContentRootPath ??= Directory.Exists(AppHostDirectory) ? AppHostDirectory : null;
        _host = new HostApplicationBuilder(settings);
        _host.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AppHost:Directory"] = AppHostDirectory,
            ["AppHost:Path"] = AppHostPath,
            // Two clones of a repository keep apart what they store.
            ["AppHost:Sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(AppHostPath))),
        });

        ExecutionContext = new(Operation(_host.Configuration["operation"]));

        // The terminal belongs to the resource table; what services log is on the dashboard.
        _host.Logging.ClearProviders();
        _host.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        _host.Services.RemoveAll<IHostLifetime>();
        _host.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _host.Services.AddHttpClient();
        _host.Services.AddHealthChecks();
        _host.Services.TryAddSingleton(TimeProvider.System);
        _host.Services.AddSingleton<IDistributedApplicationEventing>(Eventing);
        _host.Services.AddSingleton(ExecutionContext);
        _host.Services.AddSingleton(_ => new DistributedApplicationModel(Resources));
        _host.Services.AddSingleton(options);
        _host.Services.AddSingleton<SecretMask>();
        _host.Services.AddSingleton(services => new ResourceLoggerService(services.GetRequiredService<TimeProvider>(), services.GetRequiredService<SecretMask>()));
        _host.Services.AddSingleton(services => new ResourceNotificationService(services.GetRequiredService<TimeProvider>()));
        _host.Services.AddSingleton(HostSettings.Read);
        _host.Services.AddSingleton<LocalHost>();
        _host.Services.AddSingleton<TraceStore>();
        _host.Services.AddSingleton<MetricStore>();
        _host.Services.AddSingleton<OtlpReceiver>();
        _host.Services.AddSingleton<DashboardServer>();
        _host.Services.AddSingleton(services => new ResourceCommandService(services));
        _host.Services.AddHostedService(services => services.GetRequiredService<LocalHost>());
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public string AppHostPath => Path.Combine(AppHostDirectory, Environment?.ApplicationName ?? AppHostAssembly?.GetName().Name ?? "");

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host?.Environment!;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (!ValidName().IsMatch(resource.Name))
            throw new DistributedApplicationException($"'{resource.Name}' can't be a resource's name: up to 64 ASCII letters, digits and single hyphens, beginning with a letter.");
        if (Resources.TryGetByName(resource.Name, out var other))
            throw new DistributedApplicationException($"Two resources are named '{resource.Name}': a {other.GetType().Name} and a {resource.GetType().Name}. Names must differ, in more than case.");
        Resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        if (_built)
            throw new InvalidOperationException("An application is built once.");
        _built = true;
        _hook?.Building(this);
        var host = _host.Build();
        ExecutionContext.Attach(host.Services);
        var application = new DistributedApplication(host, _hook);
        _hook?.Built(application);
        return application;
    }

    private static DistributedApplicationOperation Operation(string? given) => given?.ToUpperInvariant() switch
    {
        null or "" or "RUN" => DistributedApplicationOperation.Run,
        "PUBLISH" => DistributedApplicationOperation.Publish,
        _ => throw new DistributedApplicationException($"The operation '{given}' is not known; 'run' and 'publish' are."),
    };

    private string? Metadata(string key) =>
        AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == key)?.Value;

    [GeneratedRegex("^(?=.{1,64}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$")]
    private static partial Regex ValidName();

    /// <summary>Signals and the console belong to <see cref="DistributedApplication.Run"/>; a test has neither.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
