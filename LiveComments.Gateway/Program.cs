using LiveComments.Gateway.Routing;
using LiveComments.Gateway.WebClient;
using LiveComments.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRouting();
builder.AddBodyLimit();

var app = builder.Build();

app.UseServiceDefaults();
app.UseSecurityHeaders();
app.UseBodyLimit();
app.UseWebClient();

app.MapDefaultEndpoints();
app.MapReverseProxy();
app.MapWebClient();

app.Run();
