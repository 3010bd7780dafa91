using LiveComments.Api.Comments;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveComments.IntegrationTests;

/// <summary>History, read page by page, against a list in memory: wherever the persister is, and whatever is deleted.</summary>
public sealed class HistoryTests(LogAndDatabase parts) : IClassFixture<LogAndDatabase>
{
    // More than a page may look at behind Postgres, so that some end early.
    private const int Entries = 4000;
    private const int Positions = 2;

    [Fact]
    public Task Every_comment_is_there_once_and_no_deleted_one_wherever_the_persister_is() => Seed.ForEachAsync(1, async random =>
    {
        var start = parts.Writer.Offset;
        var model = await FillAsync(random);
        var history = New();
        for (var position = 0; position <= Positions; position++)
        {
            // From nothing, over positions further behind than a tail is long and nearer, to all of it.
            await parts.PersistAsync(position == 0 ? start : start + (ulong)(Entries * position / Positions) - (ulong)random.Next(500), random.Next(100, 3000));
            Assert.Equal(model.Visible(null), await ReadAsync(model, history, random, "oldest", null));
            Assert.Equal(Enumerable.Reverse(model.Visible(null)), await ReadAsync(model, history, random, "newest", null));
            Assert.Equal(model.Visible(model.Parent), await ReadAsync(model, history, random, "oldest", model.Parent));
        }
    });

    [Fact]
    public async Task A_comment_that_lies_deep_behind_Postgres_is_not_said_to_be_missing()
    {
        var stream = await parts.NewStreamAsync();
        var (deep, _) = await parts.PostAsync(stream);
        for (var comment = 0; comment < Limits.MaxResumeEvents; comment++)
            await parts.PostAsync(stream);
        var finder = new CommentFinder(parts.Database, new DatabaseReads(TimeProvider.System), parts.CurrentLog, new KnownComments(), new UnwrittenDeletions());
        Assert.True(CommentId.TryParse(deep.Id, out var id));
        await Assert.ThrowsAsync<TimeoutException>(() => finder.FindAsync(stream, id, CancellationToken.None));
        await parts.PersistAsync((await parts.PostAsync(stream)).Sequence);
        Assert.Equal(deep.Content, (await finder.FindAsync(stream, id, CancellationToken.None))!.Comment.Content);
    }

    private CommentHistory New()
    {
        var store = new RecentWindowStore(parts.RedisConnection, TimeProvider.System, NullLogger<RecentWindowStore>.Instance);
        // Whose time-outs never come: what is asked here is what a page says, not how fast a busy machine says it.
        var patient = new DatabaseReads(new ManualTimeProvider());
        return new CommentHistory(parts.Database, patient, parts.CurrentLog, new RecentComments(store, TimeProvider.System), new UnwrittenDeletions());
    }

    private async Task<Model> FillAsync(Random random)
    {
        var model = new Model(await parts.NewStreamAsync());
        var other = await parts.NewStreamAsync();
        for (var entry = 0; entry < Entries; entry++)
        {
            if (random.Next(100) is var dice && dice < 5)
                await parts.PostAsync(other);
            else if (dice < 8)
                await parts.AppendAsync(model.StreamId, "comment.dreamt-of", [1, 2, 3]);
            else if (dice < 20 && model.Posted.Count > 0)
                await DeleteAsync(model, random);
            else
                model.Posted.Add(await parts.PostAsync(model.StreamId, random.Next(200) == 0 ? model.Parent : null));
        }

        return model;
    }

    private async Task DeleteAsync(Model model, Random random)
    {
        // One of the newest as often as any, and now and then one that was deleted before.
        var from = random.Next(2) == 0 ? 0 : Math.Max(0, model.Posted.Count - 50);
        var (comment, sequence) = model.Posted[random.Next(from, model.Posted.Count)];
        if (comment.Id == model.Parent)
            return;
        await parts.DeleteAsync(model.StreamId, comment.Id, sequence);
        model.Deleted.Add(comment.Id);
    }

    private static async Task<List<string>> ReadAsync(Model model, CommentHistory history, Random random, string order, string? parent)
    {
        var read = new List<string>();
        for (Cursor? from = null; ;)
        {
            // Mostly large pages, for the sake of time.
            var limit = random.Next(10) == 0 ? random.Next(1, Limits.MaxPageSize) : Limits.MaxPageSize;
            var page = order == "newest"
                ? await history.NewestAsync(model.StreamId, from, limit, CancellationToken.None)
                : await history.OldestAsync(model.StreamId, from, limit, parent is not null && CommentId.TryParse(parent, out var id) ? id : null, CancellationToken.None);
            Assert.InRange(page.Comments.Count, 0, limit);
            read.AddRange(page.Comments.Select(comment => comment.Id));
            if (page.Next is null)
                return read;
            Assert.True(Cursor.TryParse(page.Next, out var next));
            Assert.NotEqual(from, next);
            from = next;
        }
    }

    private sealed class Model(string streamId)
    {
        public string StreamId => streamId;

        public List<(Comment Comment, ulong Sequence)> Posted { get; } = [];

        public HashSet<string> Deleted { get; } = [];

        /// <summary>The first comment; some answer it, and nobody deletes it.</summary>
        public string? Parent => Posted.Count > 0 ? Posted[0].Comment.Id : null;

        public IEnumerable<string> Visible(string? parent) =>
            Posted.Select(posted => posted.Comment).Where(comment => !Deleted.Contains(comment.Id) && (parent is null || comment.ParentId == parent)).Select(comment => comment.Id);
    }
}
