namespace LiveComments.Api.Demo;

static class DemoRegistration
{
    /// <summary>In Development a stream with the id <c>demo</c> and a trickle of comments exists, so that the first page is alive.</summary>
    public static void AddDemo(this IHostApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment())
            builder.Services.AddHostedService<DemoStream>();
    }
}
