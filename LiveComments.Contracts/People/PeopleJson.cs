using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>How what services say of people becomes JSON. Apart from <see cref="ContractsJson"/>, because no client ever sees it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = Limits.MaxJsonDepth)]
[JsonSerializable(typeof(PersonNews))]
[JsonSerializable(typeof(BanQuestion))]
[JsonSerializable(typeof(BanAnswer))]
public sealed partial class PeopleJson : JsonSerializerContext;
