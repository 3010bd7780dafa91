using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>How announcements become JSON. Apart from <see cref="ContractsJson"/>, because no client ever sees them.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = Limits.MaxJsonDepth)]
[JsonSerializable(typeof(PresenceAnnouncement))]
public sealed partial class PresenceJson : JsonSerializerContext;
