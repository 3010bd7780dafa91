using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Which requests share a pipeline (and so a circuit breaker).</summary>
public static class HttpResiliencePipelineBuilderExtensions
{
    /// <summary>One pipeline for each scheme, host and port.</summary>
    public static IHttpResiliencePipelineBuilder SelectPipelineByAuthority(this IHttpResiliencePipelineBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        PipelineSelection.Configure(builder.Services, builder.PipelineName, _ => PipelineSelection.ByAuthority());
        return builder;
    }

    /// <summary>One pipeline for each key.</summary>
    public static IHttpResiliencePipelineBuilder SelectPipelineBy(
        this IHttpResiliencePipelineBuilder builder,
        Func<IServiceProvider, Func<HttpRequestMessage, string>> selectorFactory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(selectorFactory);
        PipelineSelection.Configure(builder.Services, builder.PipelineName, selectorFactory);
        return builder;
    }
}

/// <summary>Options of a standard pipeline, and which requests share it.</summary>
public static class HttpStandardResiliencePipelineBuilderExtensions
{
    /// <summary>Options by configuration. An unknown key is an error: a typing mistake must not pass for a default.</summary>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder,
        IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        if (!section.GetChildren().Any())
            throw new ArgumentException($"The configuration section '{section.Path}' is empty.", nameof(section));

        builder.Services.Configure<HttpStandardResilienceOptions>(
            builder.PipelineName,
            section,
            binder => binder.ErrorOnUnknownConfiguration = true);
        return builder;
    }

    /// <summary>Options by code.</summary>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder,
        Action<HttpStandardResilienceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Configure((options, _) => configure(options));
    }

    /// <summary>Options by code that needs services.</summary>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder,
        Action<HttpStandardResilienceOptions, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<HttpStandardResilienceOptions>(builder.PipelineName).Configure(configure);
        return builder;
    }

    /// <summary>One pipeline for each scheme, host and port.</summary>
    public static IHttpStandardResiliencePipelineBuilder SelectPipelineByAuthority(this IHttpStandardResiliencePipelineBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        PipelineSelection.Configure(builder.Services, builder.PipelineName, _ => PipelineSelection.ByAuthority());
        return builder;
    }

    /// <summary>One pipeline for each key.</summary>
    public static IHttpStandardResiliencePipelineBuilder SelectPipelineBy(
        this IHttpStandardResiliencePipelineBuilder builder,
        Func<IServiceProvider, Func<HttpRequestMessage, string>> selectorFactory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(selectorFactory);
        PipelineSelection.Configure(builder.Services, builder.PipelineName, selectorFactory);
        return builder;
    }
}
