using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace LiveComments.Api.Moderation.External;

static class ExternalRegistration
{
    // Half of at least ten questions within 10 s failed: nobody asks for 5 s, then one tries.
    private const double FailureRatio = 0.5;
    private const int MinThroughput = 10;
    private static readonly TimeSpan SamplingDuration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(5);

    // After this, where it is is looked up anew.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    public static void AddExternalModerator(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ExternalModeratorOptions>().BindConfiguration(ExternalModeratorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ExternalMetrics>();
        builder.Services.AddSingleton<ExternalModerator>();
        builder.Services.AddTransient<WholeAnswers>();
        var client = builder.Services.AddHttpClient(ExternalModerator.ClientName)
            // What it is told is for it alone, wherever it points to.
            .UseSocketsHttpHandler((handler, _) => (handler.AllowAutoRedirect, handler.UseCookies, handler.PooledConnectionLifetime) = (false, false, ConnectionLifetime))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        // Those of all clients try again, and wait for longer than a post may.
#pragma warning disable EXTEXP0001
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        client.AddResilienceHandler("moderator", static (pipeline, context) => pipeline
            .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions { FailureRatio = FailureRatio, MinimumThroughput = MinThroughput, SamplingDuration = SamplingDuration, BreakDuration = BreakDuration })
            .AddTimeout(context.ServiceProvider.GetRequiredService<IOptions<ExternalModeratorOptions>>().Value.Deadline));
        client.AddHttpMessageHandler<WholeAnswers>();
    }
}
