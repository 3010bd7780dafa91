using System.Text.Json.Serialization;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.State;

/// <summary>What goes along with a comment that waits, so that it is posted with it in the end.</summary>
static class HeldHeaders
{
    /// <summary>How Postgres calls what nobody is told of.</summary>
    public const string Dropped = "dropped";

    public static readonly string[] Kept = [LogHeaders.IdempotencyKey, LogHeaders.RequestHash, LogHeaders.AuthorRole];
}

[JsonSerializable(typeof(Dictionary<string, string>))]
sealed partial class HeldJson : JsonSerializerContext;
