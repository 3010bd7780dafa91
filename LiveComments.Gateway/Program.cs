using LiveComments.Gateway.Routing;
using LiveComments.Gateway.WebClient;
using LiveComments.ServiceDefaults;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.CrossOrigin;
using LiveComments.ServiceDefaults.Proxies;
using LiveComments.ServiceDefaults.Requests;
using LiveComments.ServiceDefaults.Shutdown;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddLingering();
builder.AddTrustedProxies();
builder.AddDeadPeerTimeout();
builder.AddRouting();
builder.AddCrossOrigin();
builder.AddBodyLimit();
builder.AddClientConnectionLimit();

var app = builder.Build();

app.UseLingering();
app.UseServiceDefaults();
app.UseTrustedProxies();
app.UseSecurityHeaders();
app.UseStrictRequests();
app.UseHostNames();
app.UseCrossOrigin();
app.UseBodyLimit();
app.UseWebClient();

app.MapDefaultEndpoints();
app.MapRouting();
app.MapWebClient();

app.Run();
