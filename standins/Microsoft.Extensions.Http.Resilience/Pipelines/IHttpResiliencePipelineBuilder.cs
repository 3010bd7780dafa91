using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Configures one pipeline further.</summary>
public interface IHttpResiliencePipelineBuilder
{
    /// <summary>The client's name and the pipeline's.</summary>
    string PipelineName { get; }

    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}

/// <summary>Configures a standard pipeline further.</summary>
public interface IHttpStandardResiliencePipelineBuilder
{
    /// <summary>The client's name and the pipeline's.</summary>
    string PipelineName { get; }

    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}

internal sealed record HttpResiliencePipelineBuilder(string PipelineName, IServiceCollection Services)
    : IHttpResiliencePipelineBuilder, IHttpStandardResiliencePipelineBuilder;
