namespace LiveComments.Fanout.Places;

/// <summary>
/// A node that stops refuses viewers before it asks who they are: a ticket is good once, and would be used up here when the
/// gateway takes its viewer to the next node.
/// </summary>
static class ClosedDoor
{
    private const string Viewers = "/live";

    public static WebApplication UseClosedDoor(this WebApplication app)
    {
        var door = app.Services.GetRequiredService<Door>();
        app.Use((context, next) => context.Request.Path.StartsWithSegments(Viewers, StringComparison.Ordinal) && door.RefuseWhenStopping(context.Response) is { } refusal
            ? refusal.ExecuteAsync(context)
            : next(context));
        return app;
    }
}
