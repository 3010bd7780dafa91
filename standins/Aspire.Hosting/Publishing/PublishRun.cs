using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Publishing;

/// <summary><c>--operation publish --step publish --output-path FOLDER</c>: nothing is started, each environment of the application is written down.</summary>
internal static class PublishRun
{
    private const int FaultExitCode = 1;
    private const string OnlyStep = "publish";

    public static async Task RunAsync(DistributedApplication application, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = application.Services.GetRequiredService<IConfiguration>();
            if (configuration["step"] is { Length: > 0 } step && step != OnlyStep)
                throw new HostFaultException($"The step '{step}' is not known here; '{OnlyStep}' is.");
            var model = application.Services.GetRequiredService<DistributedApplicationModel>();
            var publishers = model.Resources.SelectMany(resource => resource.Annotations.OfType<Publisher>().Select(publisher => (resource.Name, publisher))).ToList();
            if (publishers.Count == 0)
                throw new HostFaultException("Nothing is published: the application has no environment to publish for (AddDockerComposeEnvironment).");
            var root = Path.GetFullPath(configuration["output-path"] is { Length: > 0 } given ? given : "aspire-output");
            foreach (var (name, publisher) in publishers)
            {
                // A folder each when there are several.
                var folder = publishers.Count == 1 ? root : Path.Combine(root, name);
                foreach (var file in await publisher.PublishAsync(model, application.Services.GetRequiredService<DistributedApplicationExecutionContext>(), folder, cancellationToken).ConfigureAwait(false))
                    Console.Out.WriteLine($"Written: {file}");
            }
        }
        catch (Exception fault) when (fault is HostFaultException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(fault.Message);
            Environment.ExitCode = FaultExitCode;
        }
        finally
        {
            await application.DisposeAsync().ConfigureAwait(false);
        }
    }
}
