using LiveComments.Api.Admission;
using LiveComments.Api.Analytics;
using LiveComments.Api.Comments;
using LiveComments.Api.Demo;
using LiveComments.Api.Ids;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation;
using LiveComments.Api.Persistence;
using LiveComments.Api.Reactions;
using LiveComments.Api.Streams;
using LiveComments.Api.Telemetry;
using LiveComments.Api.Users;
using LiveComments.Api.Users.Follows;
using LiveComments.Api.Web;
using LiveComments.ServiceDefaults;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Degradation;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.Shutdown;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddLingering();
builder.AddDegradation();
builder.AddTokenAuthentication();
builder.AddWeb();
builder.AddDescription();
builder.AddLogConnection();
builder.AddLog();
builder.AddIds();
builder.AddStreams();
builder.AddAdmission();
builder.AddComments();
builder.AddModeration();
builder.AddAnalytics();
builder.AddReactions();
builder.AddTickets();
builder.AddFollows();
builder.AddDisplayTelemetry();
builder.AddPersistence();
builder.AddDemo();

var app = builder.Build();

app.UseLingering(tellsSo: true);
app.UseServiceDefaults();
app.UseUtf8Bodies();
app.UseAuthentication();
app.UseAuthorization();

app.MapDefaultEndpoints();
app.MapStreams();
app.MapComments();
app.MapOneComment();
app.MapModeration();
app.MapAnalytics();
app.MapStreamReactions();
app.MapCommentReactions();
app.MapCurrentUser();
app.MapFollows();
app.MapTickets();
app.MapDevToken();
app.MapDisplayTelemetry();
app.MapDescription();

app.Run();
