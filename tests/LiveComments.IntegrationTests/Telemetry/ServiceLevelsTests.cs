using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.ServiceDefaults.ServiceLevels;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;

namespace LiveComments.IntegrationTests.Telemetry;

/// <summary>A stream's own page of truth.</summary>
[Collection(SeenCollection.Name)]
public sealed class ServiceLevelsTests(SeenSystem system)
{
    [Fact]
    public async Task A_stream_s_figures_come_from_all_processes()
    {
        using var author = await system.ClientOfAsync("slo-author");
        var stream = (await RunningSystem.NewStreamAsync(author)).Id;
        var empty = await ReadAsync(author, stream);
        Assert.Equal((0, 0L, 0L, 0.0), (empty.Processes, empty.Delivery.Count, empty.Comments, empty.OmittedShare));
        Assert.Null(empty.Delivery.P99Ms);

        using var viewer = await EventStream.OpenAsync(author, stream);
        await using var socket = await SocketClient.OpenAsync(system.Gateway.Address, $"/live/streams/{stream}/ws");
        // One frame in eight is measured; each comment of a calm stream is a frame.
        var comments = new List<Comment>();
        for (var count = 0; count < 16; count++)
        {
            comments.Add(await RunningSystem.PostAcceptedAsync(author, stream, $"comment {count}"));
            await viewer.NextCommentAsync("the comment");
        }

        await LiveNodes.DeleteAsync(author, comments[0]);
        // Pages tell what they painted, of a stream that is known to be watched.
        await Eventually.UntilAsync("somebody is known to watch", async () => (await author.GetFromJsonAsync($"/api/streams/{stream}/metrics", ContractsJson.Default.StreamMetrics))!.ViewerCount > 0);
        await ReportAsync(author, new DisplayReport(DisplayTransports.Sse, [100, 100, 900], 5, stream));
        await ReportAsync(author, new DisplayReport(DisplayTransports.Sse, [5], 5, "a-stream-that-nobody-watches"));

        // A node that is somewhere else says what it knows, too.
        await using var nats = new NatsConnection(new NatsOpts { Url = system.Nats.Url });
        await using var other = await nats.SubscribeCoreAsync<byte[]>(LevelsSubjects.Question);
        await nats.PingAsync();
        var slow = new long[LatencyBuckets.Of(TimeSpan.FromSeconds(4)) + 1];
        slow[^1] = 100_000;
        var answering = AnswerAsync(nats, other, new NodeLevels(slow, [], [], GapsRepaired: 7, Comments: 1_000, Omitted: 250));

        var slo = await Eventually.GetAsync("all figures", async () =>
            await ReadAsync(author, stream) is { Processes: 3, Retraction.Count: > 0, Painted.Count: 3 } figures ? figures : null);
        Assert.True(slo.Delivery.Count > 100_000);
        Assert.InRange(slo.Delivery.P50Ms!.Value, 4_000, 4_400);
        Assert.InRange(slo.Painted.P50Ms!.Value, 100, 110);
        Assert.InRange(slo.Painted.P99Ms!.Value, 900, 990);
        Assert.True(slo.Retraction.P99Ms > 0);
        Assert.Equal((7L, 1_000L, 250L, 0.25), (slo.GapsRepaired, slo.Comments, slo.Omitted, slo.OmittedShare));
        Assert.InRange(slo.To - slo.From, 240_000, 300_000);

        await other.DisposeAsync();
        await Eventually.WithinAsync("the other node ends", answering);
        var real = await Eventually.GetAsync("without the other node", async () => await ReadAsync(author, stream) is { Processes: 2 } figures ? figures : null);
        Assert.True(real.Delivery.Count >= 2);
        Assert.Equal((16L, 0L), (real.Comments, real.Omitted));
    }

    [Fact]
    public async Task Who_broadcasts_or_moderates_reads_them_and_nobody_else()
    {
        using var author = await system.ClientOfAsync("slo-owner");
        using var other = await system.ClientOfAsync("slo-somebody");
        using var admin = await system.ClientOfAsync("slo-admin", Roles.Admin);
        using var nobody = new HttpClient { BaseAddress = system.Gateway.Address };
        var stream = (await RunningSystem.NewStreamAsync(author)).Id;
        foreach (var (client, status) in new[] { (author, HttpStatusCode.OK), (admin, HttpStatusCode.OK), (other, HttpStatusCode.Forbidden), (nobody, HttpStatusCode.Unauthorized) })
        {
            using var answer = await client.GetAsync(AddressOf(stream));
            Assert.Equal(status, answer.StatusCode);
        }

        using var unknown = await author.GetAsync(AddressOf("no-such-stream"));
        await ProblemDocument.AssertAsync(unknown, HttpStatusCode.NotFound, ErrorCodes.StreamNotFound);
        using var invalid = await author.PostAsJsonAsync("/api/telemetry/display", new DisplayReport(DisplayTransports.Sse, [5], 5, "not a stream's id"), ContractsJson.Default.DisplayReport);
        await ProblemDocument.AssertAsync(invalid, HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
    }

    private static Uri AddressOf(string stream) => new($"/api/streams/{stream}/slo", UriKind.Relative);

    private static async Task<StreamSlo> ReadAsync(HttpClient client, string stream) => (await client.GetFromJsonAsync(AddressOf(stream), ContractsJson.Default.StreamSlo))!;

    private static async Task ReportAsync(HttpClient client, DisplayReport report)
    {
        using var answer = await client.PostAsJsonAsync("/api/telemetry/display", report, ContractsJson.Default.DisplayReport);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task AnswerAsync(NatsConnection nats, INatsSub<byte[]> questions, NodeLevels levels)
    {
        await foreach (var question in questions.Msgs.ReadAllAsync())
            await nats.PublishAsync(question.ReplyTo!, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(levels, LevelsJson.Default.NodeLevels));
    }
}
