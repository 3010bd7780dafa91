using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync(typeof(TEntryPoint), cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default) =>
        CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, [], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, args, (_, _) => { }, cancellationToken);

    /// <summary>Runs the AppHost's own entry point up to its <c>Build()</c>, and holds it there until the test builds.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(args);
        var run = new EntryPointRun(entryPoint.Assembly, args, configureBuilder);
        var builder = await run.UntilBuildingAsync(cancellationToken).ConfigureAwait(false);
        return new TestingBuilder(builder, run);
    }

    public static IDistributedApplicationTestingBuilder Create(params string[] args) => Create(args, (_, _) => { });

    public static IDistributedApplicationTestingBuilder Create(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(args);
        var settings = new SettingsOnly(configureBuilder);
        BuilderHook.Current = settings;
        try
        {
            return new TestingBuilder(new DistributedApplicationBuilder(args), null);
        }
        finally
        {
            BuilderHook.Current = null;
        }
    }

    /// <summary>An application that the test describes itself: no entry point to hold, only a test's settings to give.</summary>
    private sealed class SettingsOnly(Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) : BuilderHook
    {
        public override void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
        {
            TestSettings.Apply(options, settings, []);
            configure(options, settings);
        }

        public override void Building(DistributedApplicationBuilder builder)
        {
        }

        public override void Built(DistributedApplication application)
        {
        }

        public override Task RunAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A test starts its application by StartAsync.");
    }
}
