using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>How the requests of one named pipeline are told apart; null when they all share it.</summary>
internal sealed class PipelineSelection
{
    public Func<HttpRequestMessage, string>? KeyOf { get; set; }

    public static void Configure(
        IServiceCollection services,
        string pipelineName,
        Func<IServiceProvider, Func<HttpRequestMessage, string>> selectorFactory) =>
        services.AddOptions<PipelineSelection>(pipelineName)
            .Configure<IServiceProvider>((selection, provider) => selection.KeyOf = selectorFactory(provider));

    public static Func<HttpRequestMessage, string> ByAuthority() => request =>
        (request.RequestUri ?? throw new InvalidOperationException("A request needs a URI to select its pipeline by authority."))
        .GetLeftPart(UriPartial.Authority);
}
