using LiveComments.Fanout.Api;
using LiveComments.Fanout.Degradation;
using LiveComments.Fanout.Feed;
using LiveComments.Fanout.Figures;
using LiveComments.Fanout.People;
using LiveComments.Fanout.Places;
using LiveComments.Fanout.Presence;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports;
using LiveComments.Fanout.Transports.Sockets;
using LiveComments.Fanout.Transports.Trunks;
using LiveComments.ServiceDefaults;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.CrossOrigin;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.Proxies;
using LiveComments.ServiceDefaults.Requests;
using LiveComments.ServiceDefaults.ServiceLevels;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddTrustedProxies();
builder.AddLiveAuthentication();
builder.AddLogConnection();
builder.AddFeed();
builder.AddRooms();
builder.AddNodeDegradation();
builder.AddApi();
builder.AddFigures();
builder.AddPresence();
builder.AddServiceLevels();
builder.AddPeople();
builder.AddTransports();
builder.AddCrossOrigin();

var app = builder.Build();

app.UseServiceDefaults();
app.UseTrustedProxies();
app.UseStrictRequests();
app.UseCrossOrigin();
app.UseViewerCountHeader();
app.UseClosedDoor();
app.UseAuthentication();
app.UseLiveAccess();
app.UseAuthorization();

app.MapDefaultEndpoints();
app.MapEvents();
app.MapTrunks();
app.MapSockets();

app.Run();
