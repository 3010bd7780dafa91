using LiveComments.Fanout.Feed;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports;
using LiveComments.Fanout.Transports.Sockets;
using LiveComments.ServiceDefaults;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Log;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddTokenAuthentication();
builder.AddLogConnection();
builder.AddFeed();
builder.AddRooms();
builder.AddTransports();

var app = builder.Build();

app.UseServiceDefaults();
app.UseAuthentication();
app.UseAuthorization();

app.MapDefaultEndpoints();
app.MapEvents();
app.MapSockets();

app.Run();
