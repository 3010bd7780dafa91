namespace LiveComments.Fanout.Rooms;

static class RoomsRegistration
{
    public static void AddRooms(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<BatchOptions>().BindConfiguration(BatchOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<RoomDirectory>();
    }
}
