using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>Start, stop and restart, by POST. Only from this page: others on this machine's loopback address are of the same site, so the cookie alone would not tell.</summary>
internal sealed class DashboardActions(ResourceCommandService commands, DistributedApplicationModel model)
{
    public void Map(WebApplication web) => web.MapPost("/api/resources/{name}/{command}", async (HttpContext context, string name, string command) =>
    {
        if (context.Request.Headers.Origin != $"{context.Request.Scheme}://{context.Request.Host}")
            return Results.Text("Only the dashboard itself may ask for this.\n", statusCode: StatusCodes.Status403Forbidden);
        var resource = model.Resources.FirstOrDefault(resource => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase));
        if (resource is null || (command != KnownResourceCommands.StartCommand && command != KnownResourceCommands.StopCommand && command != KnownResourceCommands.RestartCommand))
            return Results.NotFound();

        // To the end even when the page is closed: a restart that stops half-way would leave the resource stopped.
        var result = await commands.ExecuteCommandAsync(resource, command, CancellationToken.None).ConfigureAwait(false);
        return result.Success ? Results.NoContent() : Results.Text($"{result.Message}\n", statusCode: StatusCodes.Status409Conflict);
    });
}
