using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>Sums up reactions to a stream and to its comments until viewers are told. Not safe for several threads; the room's lock is around it.</summary>
sealed class ReactionSums(string streamId)
{
    /// <summary>Faster than this, hearts on a screen are a blur.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // With reactions to more comments than this, viewers are told before the interval is over.
    private const int MaxComments = 500;

    private readonly Dictionary<string, int> _stream = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, int>> _comments = new(StringComparer.Ordinal);
    private long _timestamp;

    public bool IsEmpty => _stream.Count == 0 && _comments.Count == 0;

    public bool IsFull => _comments.Count >= MaxComments;

    /// <summary>Adds what the entry says, if it can be read: it is about a number on a screen, nothing that viewers must be sent away for.</summary>
    public void Add(LogEntry entry)
    {
        if (entry.EventType == LogEventTypes.StreamReacted && Read(entry, ContractsJson.Wire.ReactionsBatch) is { Counts: { } counts } batch)
        {
            foreach (var (type, count) in counts)
                _stream[type] = _stream.GetValueOrDefault(type) + count;
            _timestamp = Math.Max(_timestamp, batch.Timestamp);
        }
        else if (entry.EventType == LogEventTypes.CommentReacted && Read(entry, ContractsJson.Wire.CommentReaction) is { CommentId: not null, ReactionType: not null } reaction)
        {
            if (!_comments.TryGetValue(reaction.CommentId, out var changes))
                _comments[reaction.CommentId] = changes = new Dictionary<string, int>(StringComparer.Ordinal);
            changes[reaction.ReactionType] = changes.GetValueOrDefault(reaction.ReactionType) + (reaction.IsSet ? 1 : -1);
        }
    }

    /// <summary>The sums as messages; then they are empty. What was set and taken back again is no change.</summary>
    public IEnumerable<WireMessage> Take()
    {
        var messages = new List<WireMessage>();
        if (_stream.Count > 0)
        {
            var batch = new ReactionsBatch(streamId, new Dictionary<string, int>(_stream), _timestamp);
            messages.Add(Message(ServerMessageTypes.ReactionsBatch, batch, ContractsJson.Wire.ServerMessageReactionsBatch));
        }

        foreach (var (commentId, changes) in _comments)
        {
            var real = changes.Where(change => change.Value != 0).ToDictionary();
            if (real.Count > 0)
                messages.Add(Message(ServerMessageTypes.CommentUpdated, new CommentUpdated(streamId, commentId, real), ContractsJson.Wire.ServerMessageCommentUpdated));
        }

        _stream.Clear();
        _comments.Clear();
        return messages;
    }

    private static WireMessage Message<T>(string type, T payload, JsonTypeInfo<ServerMessage<T>> typeInfo) =>
        new(type, null, MessageEncoding.Json(type, payload, typeInfo));

    private static T? Read<T>(LogEntry entry, JsonTypeInfo<T> typeInfo) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Body.Span, typeInfo);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
