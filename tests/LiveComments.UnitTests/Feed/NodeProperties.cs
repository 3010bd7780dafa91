using System.Diagnostics;
using LiveComments.Contracts;
using LiveComments.Fanout.Degradation;
using LiveComments.Fanout.Draining;
using LiveComments.Fanout.People;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Rooms;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LiveComments.UnitTests.Feed;

/// <summary>Two nodes over bad networks, viewers who come, are cut off and resume on either, and epochs that end under them.</summary>
public sealed class NodeProperties
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    [Fact]
    public void Whatever_happens_every_viewer_is_whole_and_in_order_in_the_end_and_counted_where_it_is() => Seed.ForEach(1_500, random =>
    {
        using var turns = new Turns();
        var clock = new ManualTimeProvider();
        FakeNetwork[] networks = [new(random), new(random)];
        var logs = new List<FakeLog> { new(1, networks) };
        logs[0].AppendCreated();
        Node[] nodes = [new(networks[0], logs[0], clock), new(networks[1], logs[0], clock)];
        var viewers = Enumerable.Range(0, random.Next(1, 5)).Select(_ => new SimulatedViewer(clock)).ToList();
        var id = 0;
        for (var before = random.Next(80); before > 0; before--)
            logs[^1].AppendComment(++id);
        for (var step = random.Next(10, 120); step > 0; step--)
        {
            switch (random.Next(20))
            {
                case < 7: logs[^1].AppendComment(++id); break;
                case 7: logs[^1].Append(sequence => random.Next(2) == 0 ? RoomEntries.Unknown(sequence) : RoomEntries.StreamReaction(sequence, ReactionTypes.Like, 1)); break;
                case 8: logs[^1].AppendOthers(random.Next(1, 100)); break;
                case 9 when id > 0: Remove(logs[^1], random); break;
                case 10 or 11: networks[random.Next(2)].DeliverLate(random.Next(1, 4)); break;
                case 12: networks[random.Next(2)].IsAway = random.Next(2) == 0; break;
                case 13 or 14: clock.Advance(TimeSpan.FromMilliseconds(random.Next(600))); break;
                case 15 when logs.Count < 3 && random.Next(10) == 0: logs.Add(NextEpoch(logs[^1], networks, ref id)); break;
                case 16: nodes[random.Next(2)].Find(logs[^1]); break;
                case 17: viewers[random.Next(viewers.Count)].Leave(); break;
                default:
                    if (viewers[random.Next(viewers.Count)] is { IsWatching: false } viewer)
                        viewer.Watch(nodes[random.Next(2)]);
                    break;
            }

            turns.Take(random.Next(12));
        }

        foreach (var node in nodes)
            node.Find(logs[^1]);
        foreach (var network in networks)
            network.Heal();
        // Whoever is away comes back. That an epoch ended is told by other threads, which no clock of ours moves.
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            while (turns.TakeAll())
            {
            }

            foreach (var viewer in viewers.Where(viewer => !viewer.IsWatching))
                viewer.Watch(nodes[random.Next(2)]);
            if (viewers.TrueForAll(viewer => viewer.Has(logs[^1])))
                break;
            Assert.True(Stopwatch.GetElapsedTime(started) < Eventually.DefaultTimeout, $"A viewer never becomes whole: {string.Join("; ", viewers)}; the log ends at {logs[^1].Entries[^1].Sequence} of epoch {logs[^1].Epoch}.");
            clock.Advance(Step);
            Thread.Yield();
        }

        viewers.ForEach(viewer => viewer.Check(logs[^1]));
        foreach (var node in nodes)
            Assert.Equal(viewers.Count(viewer => viewer.At == node), node.Rooms.ViewerCounts().Sum(room => room.Viewers));
        foreach (var viewer in viewers)
            viewer.Leave();
        turns.TakeAll();
        Assert.All(nodes, node => Assert.Equal(0, node.Rooms.ViewerCounts().Sum(room => room.Viewers)));
        foreach (var node in nodes)
            node.Dispose();
        turns.TakeAll();
    });

    private static void Remove(FakeLog log, Random random)
    {
        var comments = log.Entries.Where(entry => entry.EventType == LogEventTypes.CommentPosted).ToList();
        if (comments.Count > 0 && comments[random.Next(comments.Count)] is var comment)
            log.AppendRemoval(SimulatedViewer.IdOf(comment), Removals.NameOf(comment, log.Epoch));
    }

    // Sequences begin again, and some comments are carried over.
    private static FakeLog NextEpoch(FakeLog ended, FakeNetwork[] networks, ref int id)
    {
        var next = new FakeLog(ended.Epoch + 1, networks);
        next.AppendCreated();
        var comments = Removals.Apply(ended.Entries, ended.Epoch).Where(entry => entry.EventType == LogEventTypes.CommentPosted).TakeLast(5).ToList();
        foreach (var comment in comments)
            next.AppendComment(SimulatedViewer.IdOf(comment), carriedFrom: Removals.NameOf(comment, ended.Epoch).ToString());
        next.AppendComment(++id);
        return next;
    }

    /// <summary>What of a Fanout node lies between the log and the transports.</summary>
    internal sealed class Node : IDisposable
    {
        // Tests post in no time at all; nothing of that is to be left out.
        private static readonly RoomOptions AllShown = new() { MaxCommentsPerSecond = 100_000 };

        private readonly FakeNetwork _network;
        private readonly CurrentLog _log = new();
        private readonly NodeEnd _end = new(new Lifetime());

        public Node(FakeNetwork network, FakeLog log, TimeProvider clock)
        {
            _network = network;
            Find(log);
            Rooms = new RoomDirectory(
                _log, network.Connection, Quiet.Witness(network.Connection, clock), Quiet.FeedMetrics, Options.Create(AllShown), Options.Create(BatchOptions.Default), new NodeAudience(), Quiet.SentFrames, clock, _end, NullLogger<RoomDirectory>.Instance, NodeEffects.Unchanging);
            Joining = new Joining(Rooms, _log, new BanQuestions(network.Connection, _log, clock, NullLogger<BanQuestions>.Instance), _end, NullLogger<Joining>.Instance);
        }

        public RoomDirectory Rooms { get; }

        public Joining Joining { get; }

        /// <summary>As when the node looks for the log.</summary>
        public void Find(FakeLog log) => _log.Set(log.HandleFor(_network));

        public void Dispose()
        {
            _end.Begin();
            _end.Complete();
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();
    }
}
