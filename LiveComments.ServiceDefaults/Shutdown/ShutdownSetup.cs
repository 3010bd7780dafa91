using LiveComments.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LiveComments.ServiceDefaults.Shutdown;

public static class ShutdownSetup
{
    /// <summary>After SIGTERM the service serves on for a while. Not for a Fanout node, whose viewers leave in an order of their own.</summary>
    public static void AddLingering(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ShutdownOptions>().BindConfiguration(ShutdownOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<Lingering>();
    }

    /// <summary>Comes first in the pipeline. Until the process is told to stop it costs a look at a flag.</summary>
    /// <param name="app">The service.</param>
    /// <param name="tellsSo">Answers also say <see cref="LiveHeaders.Stopping"/>, for a gateway that asks elsewhere then.</param>
    public static void UseLingering(this WebApplication app, bool tellsSo = false)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use((context, next) =>
        {
            // When the answer begins: what it said before may have been replaced by an error.
            if (stopping.IsCancellationRequested)
                context.Response.OnStarting(() => Tell(context, tellsSo));
            return next(context);
        });
    }

    private static Task Tell(HttpContext context, bool tellsSo)
    {
        var response = context.Response;
        // HTTP/2 knows no such field, and says goodbye by itself.
        if (response.StatusCode != StatusCodes.Status101SwitchingProtocols && context.Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal))
            response.Headers.Connection = "close";
        if (tellsSo)
            response.Headers[LiveHeaders.Stopping] = "true";
        return Task.CompletedTask;
    }
}
