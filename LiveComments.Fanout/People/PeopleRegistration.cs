namespace LiveComments.Fanout.People;

static class PeopleRegistration
{
    public static void AddPeople(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BanQuestions>();
        builder.Services.AddHostedService<PeopleFollower>();
    }
}
