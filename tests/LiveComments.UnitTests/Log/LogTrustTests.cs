using LiveComments.Api.Log;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Feed;
using NATS.Client.Core;

namespace LiveComments.UnitTests.Log;

public sealed class LogTrustTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Appends_wait_from_a_doubt_to_the_confirmation()
    {
        var trust = new LogTrust(new CurrentLog(), _clock);
        Assert.True(trust.Confirm(Handle(1), 0, trust.Doubts));
        var confirmed = await trust.ConfirmedAsync(CancellationToken.None);
        Assert.True(trust.StillHolds(confirmed));

        trust.Doubt(isConnected: true);
        Assert.False(trust.StillHolds(confirmed));
        var waiting = trust.ConfirmedAsync(CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.True(trust.Confirm(Handle(1), 0, trust.Doubts));
        Assert.NotSame(confirmed, await Eventually.WithinAsync("the confirmation", waiting));
    }

    [Fact]
    public void A_comparison_that_was_begun_before_a_doubt_confirms_nothing()
    {
        var trust = new LogTrust(new CurrentLog(), _clock);
        var doubts = trust.Doubts;
        trust.Doubt(isConnected: true);
        Assert.False(trust.Confirm(Handle(1), 0, doubts));
    }

    [Fact]
    public async Task An_entry_that_was_acknowledged_with_the_servers_last_breath_is_known_to_whatever_compares_from_then_on()
    {
        var trust = new LogTrust(new CurrentLog(), _clock);
        trust.Confirm(Handle(1), 10, trust.Doubts);
        var confirmed = await trust.ConfirmedAsync(CancellationToken.None);
        trust.Doubt(isConnected: false);
        var doubts = trust.Doubts;
        trust.NoteInDoubt(confirmed, Entry(11, "eleven"));
        Assert.Equal(new Cursor(1, 11), trust.Highest);
        Assert.Equal(Entry(11, "eleven"), Assert.Single(trust.ToBeFound));
        Assert.False(trust.Confirm(Handle(1), 10, doubts));

        // Of what comes in with the connection back nobody knows which log says it.
        trust.Doubt(isConnected: true);
        trust.NoteInDoubt(confirmed, Entry(12, "twelve"));
        Assert.Equal(Entry(11, "eleven"), Assert.Single(trust.ToBeFound));

        // And one that was begun and ended in between is not the last word.
        Assert.True(trust.Confirm(Handle(1), 12, trust.Doubts));
        trust.NoteInDoubt(confirmed, Entry(13, "thirteen"));
        Assert.True(trust.IsInDoubt);
    }

    [Fact]
    public async Task After_a_doubt_the_newest_entry_from_before_it_is_to_be_found_until_the_log_is_confirmed()
    {
        var trust = new LogTrust(new CurrentLog(), _clock);
        trust.Confirm(Handle(1), 10, trust.Doubts);
        var confirmed = await trust.ConfirmedAsync(CancellationToken.None);
        confirmed.Highest.Note(12, "twelve");
        confirmed.Highest.Note(11, "eleven");
        // Another process's.
        confirmed.Highest.Note(13);
        Assert.Empty(trust.ToBeFound);
        trust.Doubt(isConnected: false);
        // What the client sent as soon as the connection was back, and a further doubt, prove nothing of what was before.
        confirmed.Highest.Note(14, "fourteen");
        trust.Doubt(isConnected: true);
        Assert.Equal(Entry(12, "twelve"), Assert.Single(trust.ToBeFound));
        // Others look for the same one.
        Assert.Equal(Entry(12, "twelve"), trust.Acknowledged);
        Assert.True(trust.Confirm(Handle(1), 14, trust.Doubts));
        Assert.Equal(Entry(14, "fourteen"), trust.Acknowledged);
        Assert.Empty(trust.ToBeFound);
    }

    [Fact]
    public async Task What_another_server_says_is_doubted_before_the_connection_tells_that_it_was_made_anew()
    {
        var (server, client) = ("one", 7ul);
        var info = Answering.As<INatsServerInfo>((name, _) => name == "get_Id" ? server : name == "get_ClientId" ? client : throw new NotSupportedException(name));
        var nats = Answering.As<INatsConnection>((name, _) => name == "get_ServerInfo" ? info : throw new NotSupportedException(name));
        var trust = new LogTrust(new CurrentLog(), _clock, nats);
        trust.Look();
        Assert.True(trust.Confirm(Handle(1), 10, trust.Doubts));
        var confirmed = await trust.ConfirmedAsync(CancellationToken.None);
        trust.Look();
        confirmed.Highest.Note(11, "eleven");
        Assert.True(trust.StillHolds(confirmed));

        // Its process was started again, or the connection was.
        foreach (var change in new Action[] { () => server = "two", () => client = 8 })
        {
            change();
            trust.Look();
            Assert.False(trust.StillHolds(confirmed));
            confirmed.Highest.Note(12, "what filled it up");
            Assert.Equal(Entry(11, "eleven"), Assert.Single(trust.ToBeFound));
            Assert.Equal(Entry(11, "eleven"), trust.Acknowledged);
            confirmed = await ConfirmedWithAsync("eleven", 11);
        }

        async Task<ConfirmedLog> ConfirmedWithAsync(string messageId, ulong sequence)
        {
            // A later epoch, so that the highest begins anew.
            trust.Confirm(Handle(2), 0, trust.Doubts);
            trust.Doubt(isConnected: true);
            trust.Confirm(Handle(1), 0, trust.Doubts);
            var again = await trust.ConfirmedAsync(CancellationToken.None);
            again.Highest.Note(sequence, messageId);
            return again;
        }
    }

    [Fact]
    public void The_comparison_is_overdue_only_while_it_could_be_made()
    {
        var trust = new LogTrust(new CurrentLog(), _clock);
        trust.Doubt(isConnected: false);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(trust.ComparisonOverdue);
        trust.Doubt(isConnected: true);
        _clock.Advance(TimeSpan.FromSeconds(7));
        trust.Doubt(isConnected: true);
        Assert.Equal(TimeSpan.FromSeconds(7), trust.ComparisonOverdue);
        Assert.True(trust.Confirm(Handle(1), 0, trust.Doubts));
        Assert.Null(trust.ComparisonOverdue);
    }

    [Fact]
    public void What_is_known_grows_within_an_epoch_and_begins_anew_with_the_next()
    {
        var trust = new LogTrust(new CurrentLog(), _clock);
        Assert.Null(trust.Highest);
        trust.Confirm(Handle(1), 500, trust.Doubts);
        trust.Confirm(Handle(1), 400, trust.Doubts);
        Assert.Equal(new Cursor(1, 500), trust.Highest);
        trust.Confirm(Handle(2), 3, trust.Doubts);
        Assert.Equal(new Cursor(2, 3), trust.Highest);
    }

    [Fact]
    public void The_highest_of_many_at_once_is_the_highest()
    {
        var water = new HighWater(1);
        Parallel.For(1, 1001, sequence => water.Note((ulong)sequence));
        water.Note(5);
        Assert.Equal(1000ul, water.Sequence);
    }

    private static KnownEntry Entry(ulong sequence, string messageId) => new(new Cursor(1, sequence), messageId);

    // Nothing here asks the server.
    private static LogHandle Handle(int epoch) => new(0, epoch, null!);
}
