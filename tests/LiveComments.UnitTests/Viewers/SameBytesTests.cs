using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Viewers;

/// <summary>The simple way is the oracle for the others.</summary>
public sealed class SameBytesTests
{
    [Fact]
    public async Task Every_way_sends_the_same_bytes_whatever_happens_when()
    {
        await using var simple = await ViewerServer.StartAsync(Way.Simple);
        var others = new List<ViewerServer>();
        foreach (var way in Enum.GetValues<Way>().Where(way => way != Way.Simple))
            others.Add(await ViewerServer.StartAsync(way, more: simple));
        await using var together = new Together([.. others]);
        for (var round = 0; round < 20; round++)
        {
            var seed = Random.Shared.Next();
            var random = new Random(seed);
            var viewers = new List<WireViewer>();
            // Some lie ahead of this node, having come from another.
            var cursor = $"1-{simple.Sequence + (ulong)random.Next(0, 4)}";
            foreach (var server in (ViewerServer[])[simple, .. others])
                viewers.Add(await server.WatchAsync(cursor));
            for (var count = random.Next(5, 40); count > 0; count--)
            {
                simple.Post(new string('z', random.Next(random.Next(10) == 0 ? 30_000 : 300)));
                if (random.Next(3) == 0)
                    simple.Flush();
            }

            simple.Post("end");
            simple.Flush();
            foreach (var viewer in viewers)
                await viewer.ReadUntilCommentAsync("end");
            foreach (var viewer in viewers)
            {
                Assert.True(viewers[0].Body.AsSpan().SequenceEqual(viewer.Body), $"seed {seed}, round {round}: the bytes differ");
                viewer.Dispose();
            }
        }

        await Eventually.UntilAsync("everybody has left the rooms", () => simple.Staying == 0 && others.All(server => server.Staying == 0));
    }

    private sealed class Together(ViewerServer[] servers) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }
}
