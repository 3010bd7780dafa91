using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Viewers;

/// <summary>What every way of writing to viewers promises.</summary>
public sealed class ServingTests
{
    private const int Cuts = 300;

    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_viewer_gets_every_comment_once_and_in_order(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        var viewers = new List<WireViewer>();
        for (var count = 0; count < 20; count++)
            viewers.Add(await server.WatchAsync());
        for (var number = 0; number < 200; number++)
        {
            server.Post($"{number}");
            if (number % 10 == 0)
                server.Flush();
        }

        server.Post("end");
        server.Flush();
        foreach (var viewer in viewers)
        {
            await viewer.ReadUntilCommentAsync("end");
            Assert.Equal([.. Enumerable.Range(0, 200).Select(number => $"{number}"), "end"], viewer.Comments());
            viewer.Dispose();
        }

        await Eventually.UntilAsync("everybody has left the room", () => server.Staying == 0);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_concerns_one_user_reaches_their_connections_alone_and_a_ban_ends_these_alone(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        var hers = new[] { await server.WatchAsync(headers: server.SignedIn("ada", TimeSpan.FromHours(1))), await server.WatchAsync(headers: server.SignedIn("ada", TimeSpan.FromHours(1))) };
        var others = new[] { await server.WatchAsync(headers: server.SignedIn("eve", TimeSpan.FromHours(1))), await server.WatchAsync() };
        server.Post("first");
        server.Room.Tell("ada", MessageEncoding.Error("NOTE", "for you", retryable: false));
        server.Room.Tell("nobody", MessageEncoding.Error("NOTE", "for nobody", retryable: false));
        server.Post("second");
        server.Flush();
        server.Room.Dismiss("ada", "rude");
        server.Post("third");
        server.Flush();
        foreach (var viewer in hers)
        {
            await viewer.ReadToEndAsync();
            Assert.Equal(Ending.Proper, viewer.Ended);
            Assert.Equal(["first", "second"], viewer.Comments());
            Assert.Equal(["NOTE", ErrorCodes.Banned], Errors(viewer));
            viewer.Dispose();
        }

        foreach (var viewer in others)
        {
            await viewer.ReadUntilCommentAsync("third");
            Assert.Equal(["first", "second", "third"], viewer.Comments());
            Assert.Empty(Errors(viewer));
            viewer.Dispose();
        }

        await Eventually.UntilAsync("everybody has left the room", () => server.Staying == 0);
        Assert.Empty(server.Room.Users);

        static IEnumerable<string?> Errors(WireViewer viewer) => viewer.Events()
            .Where(lines => lines.Contains("event: error"))
            .Select(lines => JsonDocument.Parse(lines[^1]["data: ".Length..]).RootElement.GetProperty("payload").GetProperty("code").GetString());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Who_has_nothing_told_while_others_have_gets_a_sign_of_life_in_time(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var ada = await server.WatchAsync(headers: server.SignedIn("ada", TimeSpan.FromHours(1)));
        using var other = await server.WatchAsync();
        server.Post("here");
        server.Flush();
        await ada.ReadUntilCommentAsync("here");
        await other.ReadUntilCommentAsync("here");
        await Eventually.UntilAsync("a heartbeat came", () =>
        {
            server.Room.Tell("ada", MessageEncoding.Error("NOTE", "for you", retryable: false));
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            return other.Socket.Available > 0;
        });
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Who_is_cut_off_at_any_byte_resumes_exactly(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var received = new List<string>();
        var posted = 0;
        string? cursor = "1-1";
        for (var cut = 0; cut < Cuts; cut++)
        {
            using var viewer = await server.WatchAsync(cursor);
            for (var count = random.Next(4); count > 0; count--)
            {
                // Of several bytes a character, so that cuts fall into characters, too.
                server.Post($"{posted++} 日本語 {new string('x', random.Next(50))}");
                if (random.Next(2) == 0)
                    server.Flush();
            }

            server.Flush();
            for (var left = random.Next(3_000); left > 0 && (viewer.LastEventId() ?? cursor) != $"1-{server.Sequence}"; left -= 200)
                await Eventually.WithinAsync("some bytes", viewer.ReceiveAsync(Math.Min(left, 200)));
            received.AddRange(viewer.Comments());
            cursor = viewer.LastEventId() ?? cursor;
            viewer.Socket.LingerState = new LingerOption(enable: random.Next(2) == 0, 0);
        }

        using var last = await server.WatchAsync(cursor);
        server.Post($"{posted++}");
        server.Flush();
        await last.ReadUntilAsync("the newest comment", () => last.LastEventId() == $"1-{server.Sequence}");
        received.AddRange(last.Comments());
        var expected = Enumerable.Range(0, posted);
        Assert.True(expected.SequenceEqual(received.Select(text => int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture))), $"seed {seed}: {string.Join(',', received)}");
        last.Dispose();
        await Eventually.UntilAsync("everybody has left the room", () => server.Staying == 0);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Slow_viewers_are_closed_without_delaying_others(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        var slow = new List<WireViewer>();
        for (var count = 0; count < 10; count++)
            slow.Add(await server.WatchAsync());
        using var brisk = await server.WatchAsync();
        // Past what the kernel holds for a viewer, and then past what a viewer may lag.
        for (var number = 0; server.Staying > 1; number++)
        {
            server.Post($"{number} {new string('x', 60_000)}");
            server.Flush();
            await brisk.ReadUntilAsync($"comment {number}", () => brisk.LastEventId() == $"1-{server.Sequence}");
            Assert.True(number < 400, "slow viewers are never closed");
        }

        Assert.Null(brisk.Ended);
        foreach (var viewer in slow)
        {
            await viewer.ReadToEndAsync();
            Assert.Equal(Ending.Cut, viewer.Ended);
            viewer.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_viewer_that_takes_nothing_for_five_seconds_is_closed(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var slow = await server.WatchAsync();
        // Less than it may lag by, but more than the kernel takes for it.
        server.Post(new string('x', 600_000));
        await Eventually.UntilAsync("it is closed", () =>
        {
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            return server.Staying == 0;
        });
        await slow.ReadToEndAsync();
        Assert.Equal(Ending.Cut, slow.Ended);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_viewer_that_pauses_gets_the_rest_when_it_reads_again(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var pausing = await server.WatchAsync();
        for (var number = 0; number < 8; number++)
        {
            server.Post($"{number} {new string('y', 100_000)}");
            server.Flush();
        }

        server.Post("end");
        server.Flush();
        await pausing.ReadUntilCommentAsync("end");
        Assert.Equal(9, pausing.Comments().Count);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_silent_room_is_heard_every_fifteen_seconds(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var viewer = await server.WatchAsync();
        server.Post("one");
        await viewer.ReadUntilCommentAsync("one");
        for (var heartbeats = 1; heartbeats <= 3; heartbeats++)
        {
            var expected = heartbeats;
            server.Clock.Advance(TimeSpan.FromSeconds(15.25));
            await viewer.ReadUntilAsync($"heartbeat {heartbeats}", () => viewer.Events().Count(lines => lines is [": "]) >= expected);
        }

        // Whoever got a comment lately needs none.
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        server.Post("two");
        await viewer.ReadUntilCommentAsync("two");
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        server.Post("three");
        await viewer.ReadUntilCommentAsync("three");
        Assert.Equal(3, viewer.Events().Count(lines => lines is [": "]));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Of_a_fast_stream_everybody_gets_what_concerns_them_and_the_rest_is_counted(Way way)
    {
        const int Posted = 200;
        await using var server = await ViewerServer.StartAsync(way, commentsPerSecond: 5);
        using var ada = await server.WatchAsync(headers: server.SignedIn("ada", TimeSpan.FromHours(1)));
        using var anonymous = await server.WatchAsync();
        for (var number = 0; number < Posted; number++)
        {
            server.Post($"{number}", number % 10 == 0 ? "ada" : "bob");
            if (number % 50 == 0)
                server.Flush();
        }

        server.Post("end");
        server.Flush();
        await ada.ReadUntilCommentAsync("end");
        await anonymous.ReadUntilCommentAsync("end");
        Assert.InRange(anonymous.Comments().Count, 2, Posted / 2);
        Assert.Equal(Enumerable.Range(0, Posted / 10).Select(number => $"{number * 10}").Union(anonymous.Comments()).Order(), ada.Comments().Order());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Whose_token_ends_in_silence_is_told_so_by_the_next_heartbeat(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var viewer = await server.WatchAsync(headers: server.SignedIn("ada", TimeSpan.FromSeconds(20)));
        using var other = await server.WatchAsync();
        server.Post("one");
        await viewer.ReadUntilCommentAsync("one");
        await Eventually.UntilAsync("it has left the room", () =>
        {
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            return server.Staying == 1;
        });
        await viewer.ReadToEndAsync();
        Assert.Equal(Ending.Proper, viewer.Ended);
        Assert.Contains(ErrorCodes.TokenExpired, viewer.Events().Last()[^1], StringComparison.Ordinal);
        server.Post("two");
        await other.ReadUntilCommentAsync("two");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Whose_token_has_ended_already_is_told_so_after_the_backfill(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        server.Post("one");
        using var viewer = await server.WatchAsync(headers: server.SignedIn("ada", TimeSpan.FromSeconds(-1)));
        await viewer.ReadToEndAsync();
        Assert.Equal(["one"], viewer.Comments());
        Assert.Equal(Ending.Proper, viewer.Ended);
        Assert.Contains(ErrorCodes.TokenExpired, viewer.Events().Last()[^1], StringComparison.Ordinal);
        await Eventually.UntilAsync("it has left the room", () => server.Staying == 0);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_time_from_acceptance_to_delivery_is_measured(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var viewer = await server.WatchAsync();
        server.Post("one");
        server.Post("waits for the next frame");
        server.Clock.Advance(TimeSpan.FromMilliseconds(100));
        for (var number = 0; number < 16; number++)
        {
            server.Post($"{number}");
            server.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await viewer.ReadUntilCommentAsync($"{number}");
        }

        // The first of eight frames, at whose end the clock stands where it stood at its beginning, or a batch later.
        await Eventually.UntilAsync("at least two frames were measured", () => server.Latencies.Count >= 2);
        Assert.All(server.Latencies, seconds => Assert.InRange(seconds, 0, 0.3));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task At_shutdown_everybody_is_told_when_to_come_back_and_the_response_ends_properly(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        var viewers = new List<WireViewer>();
        for (var count = 0; count < 10; count++)
            viewers.Add(await server.WatchAsync());
        server.Post("one");
        foreach (var viewer in viewers)
            await viewer.ReadUntilCommentAsync("one");
        var stopped = server.StopAsync();
        foreach (var viewer in viewers)
        {
            await viewer.ReadToEndAsync();
            Assert.Equal(Ending.Proper, viewer.Ended);
            Assert.StartsWith("retry: ", Assert.Single(viewer.Events().Last()));
            viewer.Dispose();
        }

        await Eventually.WithinAsync("the server has stopped", stopped);
        Assert.Equal(0, server.Staying);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task When_its_room_ends_a_viewer_gets_the_rest_and_a_proper_end(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var viewer = await server.WatchAsync();
        server.Post("last");
        server.Room.Dispose();
        await viewer.ReadToEndAsync();
        Assert.Equal(Ending.Proper, viewer.Ended);
        Assert.Equal(["last"], viewer.Comments());
        await Eventually.UntilAsync("it has left the room", () => server.Staying == 0);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Thousands_who_come_and_go_leave_nothing_behind(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var witness = await server.WatchAsync();
        var random = new Random(1);
        await Parallel.ForAsync(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
        {
            using var viewer = await server.WatchAsync();
            if (number % 50 == 0)
            {
                lock (random)
                    server.Post($"{number}");
            }

            lock (random)
                viewer.Socket.LingerState = new LingerOption(random.Next(2) == 0, 0);
        });
        await Eventually.UntilAsync("all but one have left the room", () => server.Staying == 1);
        server.Post("end");
        server.Flush();
        await witness.ReadUntilCommentAsync("end");
        Assert.Equal(41, witness.Comments().Count);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_viewer_that_closes_its_sending_side_has_left(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var viewer = await server.WatchAsync();
        viewer.Socket.Shutdown(SocketShutdown.Send);
        await Eventually.UntilAsync("it has left the room", () => server.Staying == 0);
        await viewer.ReadToEndAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Http_1_0_gets_the_events_without_chunks(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var viewer = await WireViewer.StartAsync(await server.ConnectAsync(), requestLine: $"GET {ViewerServer.Path} HTTP/1.0");
        server.Post("one");
        await viewer.ReadUntilCommentAsync("one");
        Assert.DoesNotContain("chunked", viewer.Head, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Connection_close_gets_the_events_and_a_closed_connection(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var viewer = await server.WatchAsync(headers: "Connection: close\r\n");
        server.Post("one");
        await viewer.ReadUntilCommentAsync("one");
        server.Room.Dispose();
        await viewer.ReadToEndAsync();
        Assert.Equal(Ending.Proper, viewer.Ended);
        Assert.Equal(0, await Eventually.WithinAsync("the connection is closed", viewer.Socket.ReceiveAsync(new byte[1])));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Whatever_a_viewer_sends_after_its_request_disturbs_nobody(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var other = await server.WatchAsync();
        var garbage = new string('\0', 3_000);
        foreach (var after in new[] { garbage, $"GET {ViewerServer.Path} HTTP/1.1\r\nHost: x\r\n\r\n", "GET" })
        {
            using var along = await WireViewer.StartAsync(await server.ConnectAsync(), after: after);
            using var later = await server.WatchAsync();
            await later.Socket.SendAsync(Encoding.ASCII.GetBytes(after));
        }

        server.Post("one");
        await other.ReadUntilCommentAsync("one");
        await Eventually.UntilAsync("only one is left", () => server.Staying == 1);
    }
}
