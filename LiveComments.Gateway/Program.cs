using LiveComments.Gateway.Routing;
using LiveComments.Gateway.WebClient;
using LiveComments.ServiceDefaults;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.CrossOrigin;
using LiveComments.ServiceDefaults.Proxies;
using LiveComments.ServiceDefaults.Shutdown;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddLingering();
builder.AddTrustedProxies();
builder.AddDeadPeerTimeout();
builder.AddRouting();
builder.AddCrossOrigin();
builder.AddBodyLimit();

var app = builder.Build();

app.UseLingering();
app.UseServiceDefaults();
app.UseTrustedProxies();
app.UseSecurityHeaders();
app.UseHostNames();
app.UseCrossOrigin();
app.UseBodyLimit();
app.UseWebClient();

app.MapDefaultEndpoints();
app.MapRouting();
app.MapWebClient();

app.Run();
