using System.Text.Json;
using LiveComments.Bench.Peers.SignalR;
using Microsoft.AspNetCore.SignalR;

// A live comment system as most would build it with SignalR: a hub, a group per stream, and a message per comment, which
// the framework serialises once for all. Everything else is as the framework sets it.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSignalR();

var app = builder.Build();
app.MapHub<CommentsHub>("/comments");
app.MapGet("/health", () => Results.Ok());
app.MapPost("/publish", async (JsonElement comment, IHubContext<CommentsHub> hub) => await hub.Clients.Group(CommentsHub.Stream).SendAsync("comment", comment));
app.Run();
