using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly.Registry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>What the code that builds a pipeline may use.</summary>
public sealed class ResilienceHandlerContext
{
    private readonly ConfigureBuilderContext<HttpPipelineKey> _context;

    internal ResilienceHandlerContext(ConfigureBuilderContext<HttpPipelineKey> context, IServiceProvider services)
    {
        _context = context;
        ServiceProvider = services;
    }

    /// <summary>The application's services.</summary>
    public IServiceProvider ServiceProvider { get; }

    /// <summary>The client's name and the pipeline's.</summary>
    public string BuilderName => _context.PipelineKey.Name;

    /// <summary>Which instance of the pipeline; empty when there is one only.</summary>
    public string InstanceName => _context.PipelineKey.Instance;

    /// <summary>Builds the pipeline anew when these options change.</summary>
    public void EnableReloads<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(string? name = null)
    {
        var changed = new CancellationTokenSource();
        var registration = Monitor<TOptions>().OnChange((_, changedName) =>
        {
            if (changedName == (name ?? Microsoft.Extensions.Options.Options.DefaultName))
                changed.Cancel();
        });

        _context.AddReloadToken(changed.Token);
        _context.OnPipelineDisposed(() =>
        {
            registration?.Dispose();
            changed.Dispose();
        });
    }

    /// <summary>The options as they are now.</summary>
    public TOptions GetOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(string? name = null) =>
        Monitor<TOptions>().Get(name);

    /// <summary>Called when this pipeline ends or is built anew.</summary>
    public void OnPipelineDisposed(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _context.OnPipelineDisposed(callback);
    }

    private IOptionsMonitor<TOptions> Monitor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>() =>
        ServiceProvider.GetRequiredService<IOptionsMonitor<TOptions>>();
}
