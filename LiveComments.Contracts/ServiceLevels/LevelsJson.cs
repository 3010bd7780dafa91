using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>How questions and answers of processes become JSON. Apart from <see cref="ContractsJson"/>, because no client ever sees them.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = Limits.MaxJsonDepth)]
[JsonSerializable(typeof(LevelsQuestion))]
[JsonSerializable(typeof(NodeLevels))]
public sealed partial class LevelsJson : JsonSerializerContext;
