using LiveComments.Gateway.Routing;
using LiveComments.Gateway.WebClient;
using LiveComments.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRouting();

var app = builder.Build();

app.UseServiceDefaults();
app.UseSecurityHeaders();
app.UseWebClient();

app.MapDefaultEndpoints();
app.MapReverseProxy();
app.MapWebClient();

app.Run();
