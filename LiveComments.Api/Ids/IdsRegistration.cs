using System.Security.Cryptography;

namespace LiveComments.Api.Ids;

static class IdsRegistration
{
    public static void AddIds(this IHostApplicationBuilder builder)
    {
        // A random node until one is leased.
        builder.Services.AddSingleton(services => new Snowflake(RandomNumberGenerator.GetInt32(Snowflake.NodeCount), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddHostedService<NodeLease>();
    }
}
