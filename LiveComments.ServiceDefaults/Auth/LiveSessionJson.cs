using System.Text.Json.Serialization;

namespace LiveComments.ServiceDefaults.Auth;

/// <summary>How sessions lie in Redis.</summary>
[JsonSerializable(typeof(LiveSession))]
sealed partial class LiveSessionJson : JsonSerializerContext;
