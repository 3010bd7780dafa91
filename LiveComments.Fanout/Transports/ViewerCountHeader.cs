using System.Globalization;
using LiveComments.Contracts;

namespace LiveComments.Fanout.Transports;

/// <summary>Says with each answer to a health probe how many viewers this node has, by which the gateway spreads them.</summary>
static class ViewerCountHeader
{
    public static void UseViewerCountHeader(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<ViewerMetrics>();
        app.Use((context, next) =>
        {
            if (context.Request.Path == "/health")
                context.Response.Headers[LiveHeaders.Viewers] = metrics.Open.ToString(CultureInfo.InvariantCulture);
            return next(context);
        });
    }
}
