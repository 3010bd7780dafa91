using System.Globalization;
using LiveComments.Contracts;
using LiveComments.Fanout.Draining;

namespace LiveComments.Fanout.Transports;

/// <summary>Says with each answer to a health probe how many viewers this node has, by which the gateway spreads them, and whether it stops.</summary>
static class ViewerCountHeader
{
    public static void UseViewerCountHeader(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<ViewerMetrics>();
        var end = app.Services.GetRequiredService<NodeEnd>();
        app.Use((context, next) =>
        {
            if (context.Request.Path == "/health")
            {
                context.Response.Headers[LiveHeaders.Viewers] = metrics.Open.ToString(CultureInfo.InvariantCulture);
                if (end.HasBegun)
                    context.Response.Headers[LiveHeaders.Stopping] = "true";
            }

            return next(context);
        });
    }
}
