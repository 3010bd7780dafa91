using LiveComments.ServiceDefaults.Telemetry;

namespace LiveComments.Fanout.Rooms;

static class RoomsRegistration
{
    public static void AddRooms(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RoomOptions>().BindConfiguration(RoomOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<BatchOptions>().BindConfiguration(BatchOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<NodeAudience>();
        builder.Services.AddSingleton<MessageSizes>();
        builder.Services.AddSingleton<SentFrames>();
        builder.Services.AddSingleton<RoomDirectory>();
        builder.Services.AddHostedService<ForgottenStreams>();
    }
}
