using LiveComments.Gateway.Routing;
using LiveComments.Gateway.WebClient;
using LiveComments.ServiceDefaults;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.CrossOrigin;
using LiveComments.ServiceDefaults.Proxies;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddTrustedProxies();
builder.AddDeadPeerTimeout();
builder.AddRouting();
builder.AddCrossOrigin();
builder.AddBodyLimit();

var app = builder.Build();

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
