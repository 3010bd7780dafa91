using LiveComments.Api.Comments;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>The newest comments: kept in memory and in Redis, and never other than what the log says.</summary>
public sealed class RecentCommentsTests(LogAndDatabase parts) : IClassFixture<LogAndDatabase>
{
    [Fact]
    public Task Whoever_reads_gets_what_was_acknowledged_before_whatever_Redis_has() => Seed.ForEachAsync(3, async random =>
    {
        var stream = await parts.NewStreamAsync();
        var model = new List<(string Id, ulong Sequence)>();
        RecentComments[] processes = [New(), New()];
        for (var step = 0; step < 150; step++)
        {
            switch (random.Next(20))
            {
                case 0:
                    await FlushAsync();
                    break;
                case 1:
                    // A process that knows nothing but what Redis has.
                    processes[random.Next(processes.Length)] = New();
                    break;
                case < 5 when model.Count > 0:
                    var (id, sequence) = model[random.Next(model.Count)];
                    await parts.DeleteAsync(stream, id, sequence);
                    model.Remove((id, sequence));
                    break;
                default:
                    var (comment, place) = await parts.PostAsync(stream);
                    model.Add((comment.Id, place));
                    break;
            }

            // Several at once, of which all began after the last entry was acknowledged.
            var reader = processes[random.Next(processes.Length)];
            var windows = await Task.WhenAll(Enumerable.Range(0, random.Next(1, 4)).Select(_ => reader.ReadAsync(parts.Log, stream, CancellationToken.None)));
            foreach (var window in windows)
                Assert.Equal(Enumerable.Reverse(model).Take(50).Select(posted => posted.Id), window.Page(null, 50)!.Select(comment => comment.Id));
        }
    });

    [Fact]
    public Task The_copy_in_Redis_is_what_the_log_says_up_to_where_it_goes_whoever_wrote_it() => Seed.ForEachAsync(3, async random =>
    {
        var stream = await parts.NewStreamAsync();
        var store = NewStore();
        var (whole, through) = await FillAsync(stream, random);
        // Three writers, each with a window of its own that began somewhere, goes on by leaps, and is written now and then.
        var writers = Enumerable.Range(0, 3).Select(_ => new Writer()).ToArray();
        for (var step = 0; step < 60; step++)
        {
            if (random.Next(25) == 0)
                await FlushAsync();
            var writer = writers[random.Next(writers.Length)];
            var last = writer.Window is null ? (ulong)random.Next(2, (int)(through - whole[0].Sequence)) + whole[0].Sequence : Math.Min(through, writer.Window.Through + (ulong)random.Next(40));
            if (writer.Window is null)
                (writer.Window, writer.Since) = (WindowAt(last), last);
            else if (last > writer.Window.Through)
                writer.Window = writer.Window.With([.. whole.Where(entry => entry.Sequence > writer.Window.Through && entry.Sequence <= last)], last);
            AssertSame(WindowAt(last), writer.Window);
            writer.Copied = await store.WriteAsync(stream, writer.Window, writer.Since, writer.Copied) ?? writer.Copied;
            if (await store.ReadAsync(1, stream) is { } copy)
                AssertSame(WindowAt(copy.Through), copy);
        }

        RecentWindow WindowAt(ulong last) => RecentWindow.Of(1, [.. whole.Where(entry => entry.Sequence <= last)], last, areAll: true);
    });

    [Fact]
    public async Task A_window_keeps_the_newest_and_knows_where_it_ends()
    {
        var stream = await parts.NewStreamAsync();
        var last = 0ul;
        for (var comment = 0; comment < RecentWindow.MaxComments + 20; comment++)
            last = (await parts.PostAsync(stream)).Sequence;
        var entries = await parts.Log.OldestAsync(stream, 1, last, int.MaxValue, CancellationToken.None);
        var window = RecentWindow.Of(1, entries, last, areAll: true);
        Assert.False(window.IsWhole);
        Assert.Equal(RecentWindow.MaxComments, window.Comments.Count);
        Assert.Equal(window.Comments[0].Sequence - 1, window.Floor);
        Assert.NotNull(window.Page(new Cursor(1, window.Comments[200].Sequence), 200));
        Assert.Null(window.Page(new Cursor(1, window.Comments[199].Sequence), 200));
        // Through Redis and back: the same.
        var store = NewStore();
        Assert.Equal(last, await store.WriteAsync(stream, window, last, known: null));
        AssertSame(window, (await store.ReadAsync(1, stream))!);
    }

    [Fact]
    public async Task Newest_pages_need_neither_Postgres_nor_Redis()
    {
        var stream = await parts.NewStreamAsync();
        var posted = new List<string>();
        for (var comment = 0; comment < 3; comment++)
            posted.Insert(0, (await parts.PostAsync(stream)).Comment.Id);
        await using var away = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={ServerProcess.FreePort()};Username=nobody;Database=none;Timeout=1");
        parts.Redis.Pause();
        try
        {
            var history = new CommentHistory(away, parts.CurrentLog, New(), new UnwrittenDeletions());
            Assert.Equal(posted, (await history.NewestAsync(stream, null, 50, CancellationToken.None)).Comments.Select(comment => comment.Id));
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => history.OldestAsync(stream, null, 50, parent: null, CancellationToken.None));
        }
        finally
        {
            parts.Redis.Resume();
        }
    }

    private async Task<(List<LogEntry> Entries, ulong Last)> FillAsync(string stream, Random random)
    {
        var posted = new List<(string Id, ulong Sequence)>();
        var last = 0ul;
        for (var entry = 0; entry < 300; entry++)
        {
            if (random.Next(4) == 0 && posted.Count > 0)
            {
                var (id, sequence) = posted[random.Next(posted.Count)];
                last = await parts.DeleteAsync(stream, id, sequence);
                continue;
            }

            var (comment, place) = await parts.PostAsync(stream);
            posted.Add((comment.Id, place));
            last = place;
        }

        return ([.. await parts.Log.OldestAsync(stream, 1, last, int.MaxValue, CancellationToken.None)], last);
    }

    private static void AssertSame(RecentWindow expected, RecentWindow actual)
    {
        Assert.Equal((expected.Through, expected.Floor, expected.IsWhole), (actual.Through, actual.Floor, actual.IsWhole));
        Assert.Equal(expected.Comments.Select(recent => (recent.Sequence, recent.Comment.Id, recent.Comment.Content, recent.Comment.Cursor)), actual.Comments.Select(recent => (recent.Sequence, recent.Comment.Id, recent.Comment.Content, recent.Comment.Cursor)));
    }

    private async Task FlushAsync() => await parts.RedisConnection.GetDatabase().ExecuteAsync("FLUSHALL");

    private RecentWindowStore NewStore() => new(parts.RedisConnection, TimeProvider.System, NullLogger<RecentWindowStore>.Instance);

    private RecentComments New() => new(NewStore(), TimeProvider.System);

    private sealed class Writer
    {
        public RecentWindow? Window { get; set; }

        public ulong Since { get; set; }

        public ulong? Copied { get; set; }
    }
}
