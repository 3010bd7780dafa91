using System.Text.Json.Serialization;

namespace LiveComments.Api.Moderation.External;

/// <summary>What the external moderator is told: nothing of who wrote it.</summary>
/// <param name="StreamId">Where it would be shown.</param>
/// <param name="Content">The comment's text.</param>
sealed record ExternalQuestion(string StreamId, string Content);

/// <summary>What it answers.</summary>
/// <param name="Action">approve, hold, reject or drop.</param>
/// <param name="Reason">Why, for moderators.</param>
sealed record ExternalAnswer(string? Action, string? Reason = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExternalQuestion))]
[JsonSerializable(typeof(ExternalAnswer))]
sealed partial class ExternalJson : JsonSerializerContext;
