using System.Globalization;
using System.Text.Json;
using LiveComments.Contracts;

namespace LiveComments.Bench.Fanout.Publishing;

/// <summary>Makes the comments that are published, each with its <see cref="Stamp"/>, as JSON.</summary>
/// <param name="bodyBytes">
/// How long each is to be; null makes whole comments such as Api writes, of a usual length. A short one leaves out what
/// a viewer could do without: the size of a frame is then the stated one, for every server.
/// </param>
/// <param name="areRemovals">What is stamped are removals of comments.</param>
sealed class CommentMaker(int? bodyBytes, bool areRemovals = false)
{
    public const string StreamId = "bench";

    // 60 characters with the stamp: a usual comment.
    private const string UsualRest = " that was a great shot, right?!";

    public byte[] Make(Stamp stamp, TimeProvider clock)
    {
        if (areRemovals)
            return JsonSerializer.SerializeToUtf8Bytes(new CommentRemoved(StreamId, stamp.ToString()), ContractsJson.Wire.CommentRemoved);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // As long as a Snowflake, and unique.
        var id = (7_000_000_000_000_000_000 + stamp.Number).ToString(CultureInfo.InvariantCulture);
        if (bodyBytes is null)
        {
            return JsonSerializer.SerializeToUtf8Bytes(
                new Comment { Id = id, StreamId = StreamId, UserId = "u-1", Username = "ada", Content = stamp + UsualRest, CreatedAt = now, ReceivedAt = now }, ContractsJson.Wire.Comment);
        }

        var lean = $$"""{"id":"{{id}}","userId":"u-1","content":"{{stamp}}","createdAt":{{now}}}""";
        if (lean.Length > bodyBytes)
            throw new InvalidOperationException($"A comment has at least {lean.Length} bytes, not {bodyBytes}: ask for larger frames.");
        return System.Text.Encoding.ASCII.GetBytes(lean.Insert(lean.IndexOf(';', StringComparison.Ordinal) + 1, new string('x', bodyBytes.Value - lean.Length)));
    }
}
