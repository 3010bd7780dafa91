using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Viewers;

/// <summary>The simple way is the oracle for the others.</summary>
public sealed class SameBytesTests
{
    // What the servers' viewers may be, and the comments that are left out for others may concern.
    private static readonly string[] Users = ["ada", "bob"];

    // The room of these tests is faster than this.
    private const int CommentsPerSecond = 5;

    [Fact]
    public async Task Every_way_sends_the_same_bytes_whatever_happens_when()
    {
        await using var together = await Together.StartAsync();
        var simple = together.Servers[0];
        for (var round = 0; round < 20; round++)
        {
            var seed = Random.Shared.Next();
            var random = new Random(seed);
            // Some lie ahead of this node, having come from another.
            var cursor = $"1-{simple.Sequence + (ulong)random.Next(0, 4)}";
            var kinds = new[] { "" }.Concat(Users.Select(user => simple.SignedIn(user, TimeSpan.FromHours(1))));
            var viewers = await together.WatchAsync(kinds, cursor);
            for (var count = random.Next(5, 40); count > 0; count--)
                PostOne(simple, random);
            simple.Post("end");
            simple.Flush();
            await CompareAsync(viewers, $"seed {seed}, round {round}");
            foreach (var viewer in viewers.SelectMany(same => same))
                viewer.Dispose();
        }

        await Eventually.UntilAsync("everybody has left the rooms", () => together.Servers.All(server => server.Staying == 0));
    }

    [Fact]
    public async Task Whose_token_ends_gets_the_same_bytes_up_to_the_same_end()
    {
        await using var together = await Together.StartAsync();
        var simple = together.Servers[0];
        for (var round = 0; round < 10; round++)
        {
            var seed = Random.Shared.Next();
            var random = new Random(seed);
            // Less than a heartbeat's interval, so that silence says nothing in between.
            var validFor = TimeSpan.FromSeconds(random.Next(2, 8));
            var viewers = await together.WatchAsync(Users.Select(user => simple.SignedIn(user, validFor)), $"1-{simple.Sequence}");
            for (var count = random.Next(1, 10); count > 0; count--)
                PostOne(simple, random);
            simple.Post("end");
            simple.Flush();
            await CompareAsync(viewers, $"seed {seed}, round {round}");
            simple.Clock.Advance(validFor + TimeSpan.FromSeconds(1));
            simple.Post("after the token's end");
            foreach (var viewer in viewers.SelectMany(same => same))
            {
                await viewer.ReadToEndAsync();
                Assert.Equal(Ending.Proper, viewer.Ended);
                Assert.Contains(ErrorCodes.TokenExpired, viewer.Events().Last()[^1], StringComparison.Ordinal);
            }

            Compare(viewers, $"seed {seed}, round {round}, the end");
            foreach (var viewer in viewers.SelectMany(same => same))
                viewer.Dispose();
        }
    }

    private static void PostOne(ViewerServer server, Random random)
    {
        var author = random.Next(4) == 0 ? Users[random.Next(Users.Length)] : "somebody";
        string[] mentions = random.Next(6) == 0 ? [Users[random.Next(Users.Length)]] : [];
        server.Post(new string('z', random.Next(random.Next(10) == 0 ? 30_000 : 300)), author, mentions);
        if (random.Next(3) == 0)
            server.Flush();
    }

    private static async Task CompareAsync(IReadOnlyList<WireViewer[]> viewers, string when)
    {
        foreach (var viewer in viewers.SelectMany(same => same))
            await viewer.ReadUntilCommentAsync("end");
        Compare(viewers, when);
    }

    private static void Compare(IReadOnlyList<WireViewer[]> viewers, string when)
    {
        foreach (var same in viewers)
        {
            foreach (var viewer in same)
                Assert.True(same[0].Body.AsSpan().SequenceEqual(viewer.Body), $"{when}: the bytes differ");
        }
    }

    /// <summary>One room, served in every way; the first is the simple one.</summary>
    private sealed class Together(List<ViewerServer> servers) : IAsyncDisposable
    {
        public IReadOnlyList<ViewerServer> Servers => servers;

        public static async Task<Together> StartAsync()
        {
            var simple = await ViewerServer.StartAsync(Way.Simple, commentsPerSecond: CommentsPerSecond);
            var servers = new List<ViewerServer> { simple };
            foreach (var way in Enum.GetValues<Way>().Where(way => way != Way.Simple))
                servers.Add(await ViewerServer.StartAsync(way, more: simple));
            return new Together(servers);
        }

        /// <summary>For each of these headers one viewer by each way.</summary>
        public async Task<IReadOnlyList<WireViewer[]>> WatchAsync(IEnumerable<string> headers, string cursor)
        {
            var viewers = new List<WireViewer[]>();
            foreach (var header in headers)
            {
                var same = new List<WireViewer>();
                foreach (var server in servers)
                    same.Add(await server.WatchAsync(cursor, header));
                viewers.Add([.. same]);
            }

            return viewers;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }
}
