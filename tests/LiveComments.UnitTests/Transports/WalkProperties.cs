using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Feed;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Rooms;

namespace LiveComments.UnitTests.Transports;

/// <summary>Random streams, random viewers: whoever comes, leaves and resumes whenever gets everything once, in order, or is told how much was left out.</summary>
public sealed class WalkProperties
{
    private static readonly LogHandle Log = new(0, 1, null!);

    [Fact]
    public void Every_viewer_gets_all_that_is_for_it_once_and_in_order_wherever_it_begins() => Seed.ForEach(3_000, random =>
    {
        var clock = new ManualTimeProvider();
        var options = new RoomOptions { MaxCommentsPerSecond = random.Next(3) == 0 ? 10_000 : random.Next(1, 10) };
        using var room = new Room("s", 1, [RoomEntries.Created(1)], pastIsWhole: true, clock, options, creatorId: "u0");
        var comments = new List<Comment>();
        var removed = new HashSet<ulong>();
        var cursors = new List<Cursor>();
        var viewers = new List<TestViewer>();
        var sequence = 1ul;
        for (var step = random.Next(1, 80); step > 0; step--)
        {
            switch (random.Next(12))
            {
                case < 5:
                    var comment = RoomEntries.CommentOf(++sequence, $"u{random.Next(5)}", clock.GetUtcNow().ToUnixTimeMilliseconds());
                    comments.Add(comment with { Mentions = random.Next(6) == 0 ? [$"u{random.Next(5)}-name"] : [] });
                    room.Add(RoomEntries.Comment(sequence, comments[^1]));
                    break;
                case 5 when comments.Count > 0:
                    var target = ulong.Parse(comments[random.Next(comments.Count)].Id, System.Globalization.CultureInfo.InvariantCulture);
                    room.Add(RoomEntries.Removal(++sequence, target));
                    removed.Add(target);
                    break;
                case 6:
                    room.Add(random.Next(2) == 0 ? RoomEntries.Unknown(++sequence) : RoomEntries.StreamReaction(++sequence, ReactionTypes.Wow, 1));
                    break;
                case 7:
                    room.ViewerCount = random.Next(3_000);
                    break;
                case 8:
                    clock.Advance(TimeSpan.FromMilliseconds(random.Next(400)));
                    break;
                case 9:
                    Cursor? cursor = cursors.Count > 0 && random.Next(2) == 0 ? cursors[random.Next(cursors.Count)] : null;
                    var user = random.Next(2) == 0 ? $"u{random.Next(5)}" : null;
                    viewers.Add(new TestViewer(room, cursor, user is null ? null : new User(user, $"{user}-name", user, null, Roles.User), clock));
                    break;
                default:
                    foreach (var viewer in viewers)
                        cursors.Add(viewer.Take());
                    break;
            }
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        foreach (var viewer in viewers)
        {
            viewer.Take();
            viewer.Check(comments, removed, room.Newest.LastSequence);
        }
    });

    [Fact]
    public void Every_transport_says_the_same() => Seed.ForEach(500, random =>
    {
        var entries = new List<LogEntry>();
        for (var sequence = 2ul; entries.Count < random.Next(1, 12); sequence += (ulong)random.Next(1, 4))
        {
            entries.Add(random.Next(4) switch
            {
                0 => RoomEntries.Removal(sequence, 1),
                1 => RoomEntries.Unknown(sequence),
                _ => RoomEntries.Comment(sequence, RoomEntries.CommentOf(sequence)),
            });
        }

        var messages = MessageEncoding.Encode("s", 1, entries, previous: 1, isBackfill: false);
        var shown = messages.Where(message => message.Type is not "").Select(message => (message.Type, $"{message.Cursor}", Encoding.UTF8.GetString(message.Json.Span))).ToList();
        Assert.Equal(entries[^1].Sequence, messages[^1].Cursor!.Value.Sequence);

        var events = Encoding.UTF8.GetString(SseEncoding.Encode(messages).Span).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('\n')).ToList();
        Assert.Equal(messages.Select(message => $"id: {message.Cursor}"), events.Select(lines => lines[0]));
        Assert.Equal(shown, events.Where(lines => lines.Length > 1).Select(lines => (lines[1]["event: ".Length..], lines[0]["id: ".Length..], lines[2]["data: ".Length..])));

        var texts = JsonEncoding.Encode("s", messages);
        Assert.Equal(messages.Select(message => $"{message.Cursor}"), texts.Select(text => Parse(text).Cursor));
        Assert.Equal(shown.Select(message => message.Item3), texts.Select(Parse).Where(text => text.Type != ServerMessageTypes.CursorMoved).Select(text => text.Json));

        var poll = JsonSerializer.Deserialize(JsonEncoding.EncodePoll("s", messages, new Cursor(1, 99)).Span, ContractsJson.Default.PollAnswer)!;
        Assert.Equal("1-99", poll.Cursor);
        Assert.Equal(shown.Select(message => message.Item3), poll.Messages.Select(message => Parse(Encoding.UTF8.GetBytes(message.GetRawText())).Json));
    });

    private static (string Type, string? Cursor, string Json) Parse(ReadOnlyMemory<byte> text)
    {
        var json = Encoding.UTF8.GetString(text.Span);
        using var message = JsonDocument.Parse(text);
        var cursor = message.RootElement.TryGetProperty("cursor", out var value) ? value.GetString() : null;
        // The cursor beside type and payload is the last thing in the text.
        return (message.RootElement.GetProperty("type").GetString()!, cursor, cursor is null ? json : json[..^$",\"cursor\":\"{cursor}\"}}".Length] + "}");
    }

    private sealed class TestViewer
    {
        private readonly Room _room;
        private readonly User? _user;
        private readonly ulong _from;
        private readonly Walk _walk;
        private readonly List<ulong> _comments = [];
        private readonly HashSet<ulong> _removed = [];
        private Cursor _cursor;
        private int _omitted;

        public TestViewer(Room room, Cursor? from, User? user, TimeProvider clock)
        {
            (_room, _user) = (room, user);
            var entrance = room.Enter();
            // What was missed is in the room, so nothing is waited for.
            var (at, catchup) = Resume.FindAsync(room, entrance, new FurtherPast(room, Log), from is { } cursor ? new ResumePoint(cursor) : null, CancellationToken.None).GetAwaiter().GetResult().Take();
            Assert.Null(catchup.Reset);
            _from = from?.Sequence ?? (catchup.Entries.Count > 0 ? catchup.Entries[0].Sequence - 1 : at.LastSequence);
            _walk = new Walk(room, at, catchup, user, clock);
            _cursor = from ?? default;
            foreach (var message in catchup.Messages(room, at, user))
                Take(message, isFirst: true);
        }

        /// <summary>All frames that are there.</summary>
        public Cursor Take()
        {
            while (_walk.At.Next.IsCompletedSuccessfully)
            {
                var frame = _walk.NextAsync(TimeSpan.Zero, CancellationToken.None).AsTask().GetAwaiter().GetResult()!;
                foreach (var message in _walk.Own(frame) ?? frame.Messages)
                    Take(message, isFirst: false);
            }

            return _cursor;
        }

        public void Check(List<Comment> comments, HashSet<ulong> removed, ulong newest)
        {
            Assert.Equal(_comments.Order().Distinct(), _comments);
            Assert.Equal(newest, Math.Max(_cursor.Sequence, newest));
            var meant = comments.Where(comment => Sequence(comment) > _from).ToList();
            var missing = meant.Where(comment => !_comments.Contains(Sequence(comment))).ToList();
            var lost = missing.Where(comment => !removed.Contains(Sequence(comment))).ToList();
            Assert.InRange(_omitted, lost.Count, missing.Count);
            Assert.DoesNotContain(lost, comment => comment.UserId == "u0" || comment.UserId == _user?.Id || (_user is not null && comment.Mentions.Contains(_user.Username)));
            Assert.All(_comments.Intersect(removed), sequence => Assert.Contains(sequence, _removed));
        }

        private static ulong Sequence(Comment comment) => ulong.Parse(comment.Id, System.Globalization.CultureInfo.InvariantCulture);

        private void Take(WireMessage message, bool isFirst)
        {
            if (message.Cursor is { } cursor)
            {
                Assert.True(cursor.Sequence > _cursor.Sequence || isFirst, $"The cursor went from {_cursor} to {cursor}.");
                if (message.Type == ServerMessageTypes.CommentsBatch)
                    Take(JsonSerializer.Deserialize(message.Json.Span, ContractsJson.Default.ServerMessageCommentsBatch)!.Payload);
                _cursor = cursor;
            }

            if (message.Type == ServerMessageTypes.CommentRemoved)
                _removed.Add(ulong.Parse(JsonSerializer.Deserialize(message.Json.Span, ContractsJson.Default.ServerMessageCommentRemoved)!.Payload.CommentId, System.Globalization.CultureInfo.InvariantCulture));
        }

        private void Take(CommentsBatch batch)
        {
            if (batch.PreviousCursor is not null)
                Assert.True(Cursor.TryParse(batch.PreviousCursor, out var previous) && previous.Sequence >= _cursor.Sequence, $"A batch after {batch.PreviousCursor} came to who was at {_cursor}.");
            _omitted += batch.Omitted;
            _comments.AddRange(batch.Comments.Select(Sequence));
        }
    }
}
