using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Registry;

namespace Microsoft.Extensions.Http.Resilience;

/// <param name="Name">Which pipeline: the client's name and the pipeline's.</param>
/// <param name="Instance">Which of its instances: they are built alike, and each has its own state.</param>
internal readonly record struct HttpPipelineKey(string Name, string Instance);

/// <summary>What an application has configured, by pipeline name. The first of two with one name counts.</summary>
internal sealed class HttpPipelineDefinitions
{
    public Dictionary<string, Action<ResiliencePipelineBuilder<HttpResponseMessage>, ResilienceHandlerContext>> ByName { get; } =
        new(StringComparer.Ordinal);
}

/// <summary>All pipelines of an application: built when first used, kept as long as the application's services.</summary>
internal sealed class HttpPipelines : IAsyncDisposable, IDisposable
{
    private readonly ResiliencePipelineRegistry<HttpPipelineKey> _registry;

    public HttpPipelines(IOptions<HttpPipelineDefinitions> definitions, IServiceProvider services)
    {
        var telemetry = new PipelineTelemetry((services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("Polly"));
        var clock = services.GetService<TimeProvider>();
        _registry = new ResiliencePipelineRegistry<HttpPipelineKey>(new ResiliencePipelineRegistryOptions<HttpPipelineKey>
        {
            BuilderFactory = () => new ResiliencePipelineBuilder { TimeProvider = clock, TelemetryListener = telemetry },
            BuilderComparer = SameName.Instance,
            BuilderNameFormatter = key => key.Name,
            InstanceNameFormatter = key => key.Instance,
        });

        foreach (var (name, configure) in definitions.Value.ByName)
        {
            _registry.TryAddBuilder<HttpResponseMessage>(
                new HttpPipelineKey(name, string.Empty),
                (builder, context) => configure(builder, new ResilienceHandlerContext(context, services)));
        }
    }

    public static void Define(
        IServiceCollection services,
        string name,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, ResilienceHandlerContext> configure)
    {
        services.TryAddSingleton<HttpPipelines>();
        services.Configure<HttpPipelineDefinitions>(definitions => definitions.ByName.TryAdd(name, configure));
    }

    public ResiliencePipeline<HttpResponseMessage> Get(string name, string instance) =>
        _registry.GetPipeline<HttpResponseMessage>(new HttpPipelineKey(name, instance));

    public void Dispose() => _registry.Dispose();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    private sealed class SameName : IEqualityComparer<HttpPipelineKey>
    {
        public static readonly SameName Instance = new();

        public bool Equals(HttpPipelineKey x, HttpPipelineKey y) => StringComparer.Ordinal.Equals(x.Name, y.Name);

        public int GetHashCode(HttpPipelineKey obj) => StringComparer.Ordinal.GetHashCode(obj.Name);
    }
}
