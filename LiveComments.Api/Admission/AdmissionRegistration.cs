namespace LiveComments.Api.Admission;

static class AdmissionRegistration
{
    public static void AddAdmission(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AdmissionOptions>().BindConfiguration(AdmissionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<RedisAdmission>();
        builder.Services.AddSingleton<RedisMemoryWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RedisMemoryWatch>());
        builder.Services.AddSingleton<LocalAdmission>();
        builder.Services.AddSingleton<AdmissionMetrics>();
        builder.Services.AddSingleton<CommentAdmission>();
    }
}
