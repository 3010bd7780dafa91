namespace LiveComments.Fanout.Transports.Trunks;

static class TrunksRegistration
{
    public static void AddTrunks(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TrunkMetrics>();
        builder.Services.AddSingleton<TrunkDirectory>();
    }
}
