namespace LiveComments.Api.Log;

static class LogRegistration
{
    public static void AddLog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<LogAppender>();
        builder.Services.AddHostedService<LogSetup>();
    }
}
