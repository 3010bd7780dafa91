using LiveComments.ServiceDefaults.Presence;

namespace LiveComments.Fanout.Figures;

static class FiguresRegistration
{
    public static void AddFigures(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<FiguresOptions>().BindConfiguration(FiguresOptions.Section);
        builder.AddViewerCounts();
        builder.Services.AddHostedService<ViewerCounting>();
        builder.Services.AddHostedService<CommentCounting>();
    }
}
