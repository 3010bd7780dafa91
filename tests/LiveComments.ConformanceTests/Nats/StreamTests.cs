using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Net;

namespace LiveComments.ConformanceTests.Nats;

[Collection(NatsCollection.Name)]
public sealed class StreamTests(NatsFixture fixture) : IAsyncLifetime
{
    private NatsConnection _nats = null!;
    private NatsJSContext _js = null!;

    public async Task InitializeAsync()
    {
        _nats = await NatsTesting.ConnectAsync(fixture.Server);
        _js = new NatsJSContext(_nats);
    }

    public async Task DisposeAsync() => await _nats.DisposeAsync();

    [Fact]
    public async Task Configuration_comes_back_as_it_was_given()
    {
        var stream = await _js.CreateStreamAsync(new StreamConfig("CONFIG", ["CONFIG.>"])
        {
            Description = "a description",
            Retention = StreamConfigRetention.Limits,
            Storage = StreamConfigStorage.File,
            Discard = StreamConfigDiscard.New,
            MaxAge = TimeSpan.FromDays(7),
            MaxBytes = 10_000_000,
            MaxMsgs = 1_000,
            MaxMsgSize = 5_000,
            NumReplicas = 1,
            DuplicateWindow = TimeSpan.FromMinutes(2),
            AllowDirect = true,
            DenyDelete = true,
            DenyPurge = true,
            Republish = new Republish { Src = "CONFIG.>", Dest = "config.live.>" },
        });
        foreach (var config in new[] { stream.Info.Config, (await _js.GetStreamAsync("CONFIG")).Info.Config })
        {
            Assert.Equal("CONFIG", config.Name);
            Assert.Equal(["CONFIG.>"], config.Subjects!);
            Assert.Equal("a description", config.Description);
            Assert.Equal((StreamConfigRetention.Limits, StreamConfigStorage.File, StreamConfigDiscard.New), (config.Retention, config.Storage, config.Discard));
            Assert.Equal((TimeSpan.FromDays(7), TimeSpan.FromMinutes(2)), (config.MaxAge, config.DuplicateWindow));
            Assert.Equal((10_000_000L, 1_000L, 5_000, 1), (config.MaxBytes, config.MaxMsgs, config.MaxMsgSize, config.NumReplicas));
            Assert.True(config is { AllowDirect: true, DenyDelete: true, DenyPurge: true });
            Assert.Equal(new Republish { Src = "CONFIG.>", Dest = "config.live.>" }, config.Republish);
        }
    }

    [Fact]
    public async Task Create_or_update_does_both()
    {
        var config = new StreamConfig("UPSERT", ["UPSERT.>"]);
        var created = await _js.CreateOrUpdateStreamAsync(config);
        var updated = await _js.CreateOrUpdateStreamAsync(config with { Description = "second" });
        Assert.Equal(created.Info.Created, updated.Info.Created);
        Assert.Equal("second", updated.Info.Config.Description);
        var direct = await _js.UpdateStreamAsync(config with { Description = "third" });
        Assert.Equal("third", direct.Info.Config.Description);
        await updated.UpdateAsync(config with { Description = "fourth" });
        Assert.Equal("fourth", updated.Info.Config.Description);
    }

    [Fact]
    public async Task Errors_of_the_api_come_with_their_codes()
    {
        var missing = await Assert.ThrowsAsync<NatsJSApiException>(async () => await _js.GetStreamAsync("MISSING"));
        Assert.Equal((404, 10059), (missing.Error.Code, missing.Error.ErrCode));
        Assert.Equal("stream not found", missing.Error.Description);

        await NatsTesting.CreateStreamAsync(_js, "TAKEN");
        var taken = await Assert.ThrowsAsync<NatsJSApiException>(async () => await _js.CreateStreamAsync(new StreamConfig("TAKEN", ["TAKEN.>"]) { MaxMsgs = 5 }));
        Assert.Equal((400, 10058), (taken.Error.Code, taken.Error.ErrCode));
        var overlapping = await Assert.ThrowsAsync<NatsJSApiException>(async () => await _js.CreateStreamAsync(new StreamConfig("TAKEN2", ["TAKEN.a"])));
        Assert.Equal(10065, overlapping.Error.ErrCode);
        await Assert.ThrowsAsync<ArgumentException>(async () => await _js.GetStreamAsync("a.b"));
    }

    [Fact]
    public async Task State_follows_what_is_stored()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "STATE");
        await NatsTesting.PublishAsync(_js, "STATE.a", 5);
        Assert.Equal(0UL, stream.Info.State.LastSeq);
        await stream.RefreshAsync();
        var state = stream.Info.State;
        Assert.Equal((5L, 1UL, 5UL), (state.Messages, state.FirstSeq, state.LastSeq));
        Assert.True(DateTimeOffset.Parse(state.LastTs!, System.Globalization.CultureInfo.InvariantCulture) >= stream.Info.Created);

        await stream.DeleteMessageAsync(new StreamMsgDeleteRequest { Seq = 3 });
        var purged = await stream.PurgeAsync(new StreamPurgeRequest { Seq = 3 });
        Assert.True(purged.Success);
        Assert.Equal(2L, purged.Purged);
        await stream.RefreshAsync();
        Assert.Equal((2L, 4UL, 5UL), (stream.Info.State.Messages, stream.Info.State.FirstSeq, stream.Info.State.LastSeq));
    }

    [Fact]
    public async Task Messages_can_be_got_by_sequence_and_last_of_subject()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "GET");
        await _js.PublishAsync("GET.a", "one", headers: new NatsHeaders { ["H"] = "v" });
        await _js.PublishAsync("GET.b", "two");
        await _js.PublishAsync("GET.a", "three");

        var first = (await stream.GetAsync(new StreamMsgGetRequest { Seq = 1 })).Message;
        Assert.Equal(("GET.a", 1UL, "one"), (first.Subject, first.Seq, Encoding.UTF8.GetString(first.Data.Span)));
        Assert.Contains("H: v", Encoding.ASCII.GetString(Convert.FromBase64String(first.Hdrs!)), StringComparison.Ordinal);
        Assert.Equal(3UL, (await stream.GetAsync(new StreamMsgGetRequest { LastBySubj = "GET.a" })).Message.Seq);
        var missing = await Assert.ThrowsAsync<NatsJSApiException>(async () => await stream.GetAsync(new StreamMsgGetRequest { Seq = 99 }));
        Assert.Equal((404, 10037), (missing.Error.Code, missing.Error.ErrCode));
    }

    [Fact]
    public async Task Direct_get_finds_by_sequence_next_and_last_of_subject_and_says_404_when_there_is_none()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "DIRECT", config => config.AllowDirect = true);
        await _js.PublishAsync("DIRECT.a", "one", headers: new NatsHeaders { ["H"] = "v" });
        await _js.PublishAsync("DIRECT.b", "two");
        await _js.PublishAsync("DIRECT.a", "three");

        var first = await stream.GetDirectAsync<string>(new StreamMsgGetRequest { Seq = 1 });
        Assert.Equal("one", first.Data);
        Assert.Equal("v", first.Headers!["H"]);
        Assert.Equal("1", first.Headers["Nats-Sequence"]);
        Assert.Equal("DIRECT.a", first.Headers["Nats-Subject"]);
        Assert.Equal("DIRECT", first.Headers["Nats-Stream"]);
        Assert.NotEmpty(first.Headers["Nats-Time-Stamp"].ToString());

        var next = await stream.GetDirectAsync<string>(new StreamMsgGetRequest { Seq = 2, NextBySubj = "DIRECT.a" });
        Assert.Equal(("three", "3"), (next.Data, next.Headers!["Nats-Sequence"].ToString()));
        var last = await stream.GetDirectAsync<string>(new StreamMsgGetRequest { LastBySubj = "DIRECT.b" });
        Assert.Equal("two", last.Data);

        foreach (var request in new[] { new StreamMsgGetRequest { Seq = 99 }, new StreamMsgGetRequest { Seq = 3, NextBySubj = "DIRECT.b" } })
        {
            var missing = await stream.GetDirectAsync<string>(request);
            Assert.Equal((404, "Message Not Found"), (missing.Headers!.Code, missing.Headers.MessageText));
            Assert.Null(missing.Data);
            Assert.False(missing.HasNoResponders);
            missing.EnsureSuccess(); // a status is no error of the message
        }
    }

    [Fact]
    public async Task Direct_get_of_a_stream_that_does_not_allow_it_fails()
    {
        await using var nats = await NatsTesting.ConnectAsync(NatsTesting.Opts(fixture.Server) with { RequestTimeout = TimeSpan.FromMilliseconds(300) });
        var stream = await NatsTesting.CreateStreamAsync(new NatsJSContext(nats), "INDIRECT");
        // No reply from 2.9, no responders from newer servers.
        await Assert.ThrowsAnyAsync<NatsException>(async () => await stream.GetDirectAsync<string>(new StreamMsgGetRequest { Seq = 1 }));
    }

    [Fact]
    public async Task Streams_are_listed_and_gone_once_deleted()
    {
        var stream = await NatsTesting.CreateStreamAsync(_js, "LISTED");
        Assert.Contains("LISTED", await NamesAsync());
        var infos = new List<StreamInfo>();
        await foreach (var listed in _js.ListStreamsAsync("LISTED.x", NatsTesting.Deadline))
            infos.Add(listed.Info);
        Assert.Equal("LISTED", Assert.Single(infos).Config.Name);

        Assert.True(await stream.DeleteAsync());
        Assert.DoesNotContain("LISTED", await NamesAsync());
        await Assert.ThrowsAsync<NatsJSException>(async () => await stream.DeleteAsync());

        async Task<List<string>> NamesAsync()
        {
            var names = new List<string>();
            await foreach (var name in _js.ListStreamNamesAsync(cancellationToken: NatsTesting.Deadline))
                names.Add(name);
            return names;
        }
    }

    [Fact]
    public async Task Account_tells_what_it_uses()
    {
        await NatsTesting.CreateStreamAsync(_js, "ACCOUNT");
        var info = await ((INatsConnection)_nats).CreateJetStreamContext().GetAccountInfoAsync();
        Assert.True(info.Streams >= 1);
        Assert.True(info.Api.Total > 0);
    }

    [Fact]
    public async Task Server_without_jetstream_has_no_responders()
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        var js = new NatsJSContext(nats, new NatsJSOpts(nats.Opts, apiPrefix: "$JS.NOWHERE.API"));
        await Assert.ThrowsAsync<NatsNoRespondersException>(async () => await js.GetAccountInfoAsync());
    }
}
