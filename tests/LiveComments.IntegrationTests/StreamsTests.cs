using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.Testing;
using LiveComments.Api.Log;
using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.IntegrationTests;

/// <summary>Streams: their list, and their end.</summary>
[Collection(SystemCollection.Name)]
public sealed class StreamsTests(RunningSystem system)
{
    [Fact]
    public async Task Streams_are_listed_newest_first_page_by_page_and_the_live_ones_on_their_own()
    {
        using var ada = await system.ClientOfAsync("ada");
        var made = new List<string>();
        for (var index = 0; index < 5; index++)
            made.Insert(0, (await RunningSystem.NewStreamAsync(ada)).Id);
        await EndAsync(ada, made[2]);
        await Database.CatchesUpAsync(system);

        Assert.Equal(made, (await ReadAllAsync("/api/streams")).Where(made.Contains));
        Assert.Equal(made.Where(id => id != made[2]), (await ReadAllAsync("/api/streams/live")).Where(made.Contains));
        Assert.Contains("demo", await ReadAllAsync("/api/streams/live"));
    }

    [Fact]
    public async Task An_ended_stream_takes_no_comments_and_viewers_are_told()
    {
        using var ada = await system.ClientOfAsync("ada");
        using var bob = await system.ClientOfAsync("bob");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);
        var last = await RunningSystem.PostAcceptedAsync(bob, stream.Id, "last words", "last");
        await viewer.NextCommentAsync("the last comment");

        var ended = await EndAsync(ada, stream.Id);
        Assert.Equal((StreamStatus.Ended, stream.StartedAt), (ended.Status, ended.StartedAt));
        Assert.NotNull(ended.EndedAt);

        var told = await viewer.NextAsync("the viewer is told");
        Assert.Equal(
            (ServerMessageTypes.StreamState, StreamStatus.Ended, stream.Id),
            (told.Type, told.Payload.GetProperty("status").GetString(), told.Payload.GetProperty("streamId").GetString()));
        using var refused = await RunningSystem.PostAsync(bob, stream.Id, new PostComment("one more"));
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.Conflict, ErrorCodes.StreamEnded);
        // The retry of a post that was accepted is no new comment.
        Assert.Equal(last.Id, (await RunningSystem.PostAcceptedAsync(bob, stream.Id, "last words", "last")).Id);

        await Database.CatchesUpAsync(system);
        await using var database = await Database.OpenAsync(system);
        await using var status = database.CreateCommand("select status from streams where id = $1");
        status.Parameters.Add(new Npgsql.NpgsqlParameter { Value = stream.Id });
        Assert.Equal(StreamStatus.Ended, await status.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Ending_twice_or_by_many_at_once_is_one_end()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var ends = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => EndAsync(ada, stream.Id)));
        Assert.Single(ends.Select(end => end.EndedAt).Distinct());
        Assert.Equal(ends[0].EndedAt, (await EndAsync(ada, stream.Id)).EndedAt);
        Assert.Equal(ends[0].EndedAt, (await system.Client.GetFromJsonAsync(new Uri($"/api/streams/{stream.Id}", UriKind.Relative), ContractsJson.Default.LiveStream))!.EndedAt);

        await using var process = await OtherProcess.StartAsync(system);
        var entries = await process.Log.RangeAsync(stream.Id, 1, ulong.MaxValue, 100, CancellationToken.None);
        Assert.Equal([LogEventTypes.StreamCreated, LogEventTypes.StreamEnded], entries!.Select(entry => entry.EventType));
    }

    [Fact]
    public async Task Every_process_learns_of_an_end_whether_it_knew_the_stream_or_not()
    {
        using var ada = await system.ClientOfAsync("ada");
        var known = await RunningSystem.NewStreamAsync(ada);
        var unknown = await RunningSystem.NewStreamAsync(ada);
        await using var process = await OtherProcess.StartAsync(system);
        Assert.Equal(StreamStatus.Live, (await process.Streams.FindAsync(known.Id, CancellationToken.None))!.Status);

        await EndAsync(ada, known.Id);
        await EndAsync(ada, unknown.Id);
        await Eventually.UntilAsync("the other process knows", async () => (await process.Streams.FindAsync(known.Id, CancellationToken.None))!.Status == StreamStatus.Ended);
        Assert.Equal(StreamStatus.Ended, (await process.Streams.FindAsync(unknown.Id, CancellationToken.None))!.Status);

        // One that comes later finds it in the log.
        await using var later = await OtherProcess.StartAsync(system);
        Assert.Equal(StreamStatus.Ended, (await later.Streams.FindAsync(known.Id, CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task A_process_that_died_before_telling_viewers_is_stood_in_for()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);
        await viewer.NextAsync("the backfill");
        await using var process = await OtherProcess.StartAsync(system);

        // All that it did was decide.
        var ended = stream with { Status = StreamStatus.Ended, EndedAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() };
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(ended, ContractsJson.Wire.LiveStream);
        Assert.IsType<AppendResult.Stored>(await process.Appender.DecideAsync(stream.Id, LogEventTypes.StreamEnded, body, Guid.NewGuid().ToString(), CancellationToken.None));

        Assert.Equal(ServerMessageTypes.StreamState, (await viewer.NextAsync("the viewer is told")).Type);
        using var refused = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("too late"));
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.Conflict, ErrorCodes.StreamEnded);
    }

    [Theory]
    [InlineData(Roles.User, false)]
    [InlineData(Roles.Moderator, false)]
    [InlineData(Roles.Admin, true)]
    public async Task A_stream_is_ended_by_its_creator_or_an_admin(string role, bool may)
    {
        using var ada = await system.ClientOfAsync("ada");
        using var other = await system.ClientOfAsync($"other-{role}", role);
        var stream = await RunningSystem.NewStreamAsync(ada);
        var path = $"/api/streams/{stream.Id}/end";
        await ProblemDocument.AssertAsync(system.Client, HttpMethod.Post, path, HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
        if (may)
            Assert.Equal(StreamStatus.Ended, (await EndAsync(other, stream.Id)).Status);
        else
            await ProblemDocument.AssertAsync(other, HttpMethod.Post, path, HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        Assert.Equal(StreamStatus.Ended, (await EndAsync(ada, stream.Id)).Status);
    }

    [Theory]
    [InlineData("POST", "/api/streams/no-such-stream/end", 404, ErrorCodes.StreamNotFound)]
    [InlineData("POST", "/api/streams/a.b/end", 404, ErrorCodes.StreamNotFound)]
    [InlineData("GET", "/api/streams?limit=0", 400, ErrorCodes.LimitInvalid)]
    [InlineData("GET", "/api/streams/live?limit=201", 400, ErrorCodes.LimitInvalid)]
    [InlineData("GET", "/api/streams?cursor=x", 400, ErrorCodes.CursorInvalid)]
    [InlineData("GET", "/api/streams?cursor=1-5*", 400, ErrorCodes.CursorInvalid)]
    [InlineData("GET", "/api/streams?cursor=9223372036854775807-a", 400, ErrorCodes.CursorInvalid)]
    public async Task What_makes_no_sense_is_a_problem_document(string method, string path, int status, string code)
    {
        using var ada = await system.ClientOfAsync("ada");
        await ProblemDocument.AssertAsync(ada, new HttpMethod(method), path, (HttpStatusCode)status, code);
    }

    [Fact]
    public async Task No_stream_takes_the_address_of_the_list_of_live_ones()
    {
        using var ada = await system.ClientOfAsync("ada");
        using var answer = await ada.PostAsJsonAsync("/api/streams", new CreateStream("Live", "live"), ContractsJson.Default.CreateStream);
        await ProblemDocument.AssertAsync(answer, HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
    }

    private static async Task<LiveStream> EndAsync(HttpClient client, string streamId)
    {
        using var answer = await client.PostAsync(new Uri($"/api/streams/{streamId}/end", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.LiveStream))!;
    }

    private async Task<List<string>> ReadAllAsync(string path)
    {
        var ids = new List<string>();
        for (var next = $"{path}?limit=3"; next is not null;)
        {
            using var answer = await system.Client.GetAsync(new Uri(next, UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            ids.AddRange((await answer.Content.ReadFromJsonAsync(ContractsJson.Default.StreamList))!.Streams.Select(stream => stream.Id));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        return ids;
    }

    /// <summary>What a second Api process has of the log: its own connection, memory and follower.</summary>
    private sealed class OtherProcess : IAsyncDisposable
    {
        private readonly NatsConnection _nats;
        private readonly Npgsql.NpgsqlDataSource _database;
        private readonly ControlFollower _follower;

        private OtherProcess(NatsConnection nats, Npgsql.NpgsqlDataSource database, LogHandle log)
        {
            (_nats, _database, Log) = (nats, database, log);
            var current = new CurrentLog();
            current.Set(log);
            Streams = new StreamDirectory(current, database);
            var trust = new LogTrust(current, TimeProvider.System);
            trust.Confirm(log, log.Stream.Info.State.LastSeq, trust.Doubts);
            Appender = new LogAppender(new NatsJSContext(nats), trust, NullLogger<LogAppender>.Instance);
            var ending = new StreamEnding(Appender, Streams, Options.Create(new LogOptions()), TimeProvider.System);
            _follower = new ControlFollower(current, Streams, ending, TimeProvider.System, NullLogger<ControlFollower>.Instance);
        }

        public LogHandle Log { get; }

        public StreamDirectory Streams { get; }

        public LogAppender Appender { get; }

        public static async Task<OtherProcess> StartAsync(RunningSystem system)
        {
            var nats = new NatsConnection(new NatsOpts { Url = (await system.App.GetConnectionStringAsync("nats"))! });
            var log = await new LogLocator(new NatsJSContext(nats)).FindAsync(0, CancellationToken.None);
            var process = new OtherProcess(nats, await Database.OpenAsync(system), log!);
            await process._follower.StartAsync(CancellationToken.None);
            return process;
        }

        public async ValueTask DisposeAsync()
        {
            await _follower.StopAsync(CancellationToken.None);
            _follower.Dispose();
            await _database.DisposeAsync();
            await _nats.DisposeAsync();
        }
    }
}
