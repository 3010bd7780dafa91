namespace LiveComments.Fanout.Rooms;

static class RoomsRegistration
{
    public static void AddRooms(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<RoomDirectory>();
}
