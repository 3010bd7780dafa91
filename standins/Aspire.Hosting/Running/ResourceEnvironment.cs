using System.Collections;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>Evaluates what a resource's environment and arguments are made of, and what of them may be shown.</summary>
internal sealed class ResourceEnvironment(DistributedApplicationExecutionContext executionContext, ResourceLoggerService loggers)
{
    // The host's own affairs: a service must not listen where the dashboard does, or become Development by inheritance.
    private static readonly string[] HostsOwn = ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "DOTNET_CLI_", "DOTNET_URLS", "ASPIRE_", "DcpPublisher", "MSBUILD", "Parameters__", "OTEL_"];

    public async Task<(IReadOnlyDictionary<string, string> All, IReadOnlyDictionary<string, string> Own)> VariablesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken) { Logger = loggers.GetLogger(resource) };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
            await annotation.Callback(context).ConfigureAwait(false);
        foreach (var annotation in resource.Annotations.OfType<LastEnvironmentCallback>().ToList())
            annotation.Callback(context);

        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            // An optional connection string that has no value is left out.
            if (await TextAsync(value, cancellationToken).ConfigureAwait(false) is { } text)
                own[name] = text;
        }

        var all = Inherited();
        foreach (var (name, value) in own)
            all[name] = value;
        return (all, own);
    }

    public async Task<IReadOnlyList<string>> ArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = executionContext, Logger = loggers.GetLogger(resource) };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
            await annotation.Callback(context).ConfigureAwait(false);
        var arguments = new List<string>();
        foreach (var argument in context.Args)
        {
            if (await TextAsync(argument, cancellationToken).ConfigureAwait(false) is { } text)
                arguments.Add(text);
        }

        return arguments;
    }

    public static Dictionary<string, string> Inherited() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Where(entry => !HostsOwn.Any(own => ((string)entry.Key).StartsWith(own, StringComparison.OrdinalIgnoreCase)))
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    private static async ValueTask<string?> TextAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IResourceBuilder<IResource> { Resource: IValueProvider inner } => await inner.GetValueAsync(cancellationToken).ConfigureAwait(false),
        IValueProvider provider => await provider.GetValueAsync(cancellationToken).ConfigureAwait(false),
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
