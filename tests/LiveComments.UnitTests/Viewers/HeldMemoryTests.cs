using System.Runtime.CompilerServices;
using LiveComments.Fanout.Transports;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Viewers;

/// <summary>A frame leads to all that come after it: whoever held one for as long as a viewer stays would hold the whole stream.</summary>
public sealed class HeldMemoryTests
{
    [Theory]
    [InlineData(Way.Simple)]
    [InlineData(Way.Direct)]
    [InlineData(Way.Detached)]
    [InlineData(Way.Trunk)]
    public async Task Who_stays_holds_nothing_of_what_was_there_when_they_came(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        server.Post("before");
        server.Flush();
        var before = Newest(server);
        using var viewer = await server.WatchAsync($"1-{server.Sequence}");
        await Eventually.UntilAsync("the viewer is in the room", () => server.Staying == 1);
        foreach (var text in (string[])["one", "two"])
        {
            server.Post(text);
            server.Flush();
            await viewer.ReadUntilAsync(text, () => viewer.Comments().Contains(text));
        }

        await Eventually.UntilAsync("what was there before is garbage", () =>
        {
            // What is on its way still holds it, for a moment.
            server.Post("more");
            server.Flush();
            GC.Collect();
            return !before.IsAlive;
        });
        Assert.Equal(1, server.Staying);
    }

    [Fact]
    public async Task A_viewer_begins_once()
    {
        await using var server = await ViewerServer.StartAsync(Way.Simple);
        var beginning = new Beginning(server.Room.Newest, new Catchup([], 1, null));
        beginning.Take();
        Assert.Throws<InvalidOperationException>(() => beginning.Take());
    }

    // No variable of the test may hold it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Newest(ViewerServer server) => new(server.Room.Newest);
}
