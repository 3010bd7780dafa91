using LiveComments.ServiceDefaults.Health;

namespace LiveComments.Api.Log;

static class LogRegistration
{
    public static void AddLog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<LogAppender>();
        builder.Services.AddSingleton<LogTrust>();
        builder.Services.AddSingleton<LogKnowledge>();
        builder.Services.AddSingleton<LogMark>();
        builder.Services.AddSingleton<LogMetrics>();
        builder.Services.AddSingleton<LogStreams>();
        builder.Services.AddSingleton<EpochBeginning>();
        builder.Services.AddSingleton<Heritage>();
        builder.Services.AddSingleton<HeritageOfComments>();
        builder.Services.AddHostedService<LogKeeper>();
        builder.Services.AddHostedService<LogMarkWriter>();
        builder.Services.AddHostedService<LogWitnesses>();
        builder.Services.AddHealthChecks()
            .AddCheck<LogComparisonHealth>("log-comparison", tags: [HealthEndpoints.Ready]);
    }
}
