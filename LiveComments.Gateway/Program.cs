using LiveComments.Gateway.Routing;
using LiveComments.Gateway.WebClient;
using LiveComments.ServiceDefaults;
using LiveComments.ServiceDefaults.CrossOrigin;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRouting();
builder.AddCrossOrigin();
builder.AddBodyLimit();

var app = builder.Build();

app.UseServiceDefaults();
app.UseSecurityHeaders();
app.UseCrossOrigin();
app.UseBodyLimit();
app.UseWebClient();

app.MapDefaultEndpoints();
app.MapRouting();
app.MapWebClient();

app.Run();
