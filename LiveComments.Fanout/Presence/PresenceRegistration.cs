namespace LiveComments.Fanout.Presence;

static class PresenceRegistration
{
    public static void AddPresence(this IHostApplicationBuilder builder) => builder.Services.AddHostedService<PresenceAnnouncer>();
}
