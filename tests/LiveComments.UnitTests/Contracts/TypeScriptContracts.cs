using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;

namespace LiveComments.UnitTests.Contracts;

/// <summary>Writes the contracts as TypeScript, from the very metadata by which they become JSON.</summary>
static class TypeScriptContracts
{
    /// <summary>Relative to the repository's root.</summary>
    public const string Path = "web/src/feed/contracts.ts";

    private const string Head =
        """
        // Written from the C# contracts; not to be edited. After a change of LiveComments.Contracts, write it anew with
        //   WRITE_CONTRACTS=1 dotnet test tests/LiveComments.UnitTests --filter TypeScriptContractsTests

        """;

    // Names for sets of strings, and the properties that hold one of them: C# has them as constants.
    private static readonly (string Name, Type Constants, string[] Holders)[] Sets =
    [
        ("Role", typeof(Roles), ["User.role", "DevTokenRequest.role"]),
        ("StreamStatus", typeof(StreamStatus), ["LiveStream.status", "ListedStream.status", "StreamState.status"]),
        ("ResetReason", typeof(ResetReasons), ["Reset.reason"]),
        ("ReactionType", typeof(ReactionTypes),
        [
            "ReactionRequest.reactionType", "CommentReaction.reactionType", "CommentReactionState.reactionType", "Reactor.reactionType",
        ]),
        ("ModerationAction", typeof(ModerationActions),
        [
            "WordRule.action", "PatternRule.action", "LinkRule.action", "DuplicateRule.action", "FloodRule.action", "ReputationRule.action", "LanguageRule.action",
            "DryRunCount.action", "DryRunVerdict.action", "DryRunChange.stored",
        ]),
        ("ReportReason", typeof(ReportReasons), ["ReportRequest.reason", "CommentReport.reason", "Report.reason"]),
        ("ModerationActKind", typeof(ModerationActKinds), ["ModerationAct.kind"]),
        ("SanctionKind", typeof(SanctionKinds), ["Sanction.kind"]),
        ("HeldStatus", typeof(HeldStatus), ["HeldComment.status", "CommentReviewed.status"]),
        ("LoadLevel", typeof(LoadLevels), ["StreamLoad.level"]),
        ("ErrorCode", typeof(ErrorCodes), []),
        ("AckStatus", typeof(AckStatus), ["Ack.status"]),
    ];

    public static string Write()
    {
        var output = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var (name, constants, _) in Sets)
            WriteUnion(output, name, Constants(constants).Select(constant => $"'{constant.Value}'"));
        var types = Types().ToList();
        foreach (var type in types)
            WriteInterface(output, type);
        var messages = from constant in Constants(typeof(ServerMessageTypes))
                       // A message's payload has the message's name, with "Server" before what is a word of the language.
                       from payload in types.Select(type => type.Type.Name)
                       where payload == constant.Name || payload == "Server" + constant.Name
                       select $"{{ type: '{constant.Value}'; payload: {payload} }}";
        WriteUnion(output, "ContractMessage", messages);
        return output.ToString();
    }

    private static IEnumerable<JsonTypeInfo> Types() =>
        from attribute in typeof(ContractsJson).GetCustomAttributesData()
        where attribute.AttributeType == typeof(JsonSerializableAttribute)
        let named = (Type)attribute.ConstructorArguments[0].Value!
        // The envelope of messages: what is in it is a type of its own.
        let type = named.IsGenericType ? named.GetGenericArguments()[0] : named
        group type by type into once
        orderby once.Key.Name
        select ContractsJson.Default.GetTypeInfo(once.Key);

    private static IEnumerable<(string Name, string Value)> Constants(Type type) =>
        from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
        where field.IsLiteral && field.FieldType == typeof(string)
        select (field.Name, (string)field.GetRawConstantValue()!);

    private static void WriteUnion(StringBuilder output, string name, IEnumerable<string> members)
    {
        var all = members.ToList();
        var line = $"export type {name} = {string.Join(" | ", all)};";
        // As the web client's formatter would break it.
        const int LineWidth = 110;
        output.Append(line.Length <= LineWidth ? $"\n{line}\n" : $"\nexport type {name} =\n{string.Join("\n", all.Select(member => $"  | {member}"))};\n");
    }

    private static void WriteInterface(StringBuilder output, JsonTypeInfo type)
    {
        output.Append(CultureInfo.InvariantCulture, $"\nexport interface {type.Type.Name} {{\n");
        foreach (var property in type.Properties)
        {
            var leftOutWhenNull = property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];
            var optional = leftOutWhenNull || property.AssociatedParameter is { HasDefaultValue: true };
            var nullable = !leftOutWhenNull && (property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null);
            var spelled = Sets.FirstOrDefault(set => set.Holders.Contains($"{type.Type.Name}.{property.Name}")).Name ?? NameOf(property.PropertyType);
            output.Append(CultureInfo.InvariantCulture, $"  {property.Name}{(optional ? "?" : "")}: {spelled}{(nullable ? " | null" : "")};\n");
        }

        output.Append("}\n");
    }

    private static string NameOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type == typeof(DateTimeOffset))
            return "string";
        // Only ever used for messages that are passed on as they are.
        if (type == typeof(JsonElement))
            return "ContractMessage";
        if (type == typeof(bool))
            return "boolean";
        if (type == typeof(int) || type == typeof(long) || type == typeof(double))
            return "number";
        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
        {
            var arguments = type.GetGenericArguments();
            return arguments.Length == 1 ? Nullable.GetUnderlyingType(arguments[0]) is null ? $"{NameOf(arguments[0])}[]" : $"({NameOf(arguments[0])} | null)[]" : $"Record<{NameOf(arguments[0])}, {NameOf(arguments[1])}>";
        }

        return ContractsJson.Default.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object }
            ? type.Name
            : throw new NotSupportedException($"How {type} is spelled in TypeScript isn't said here.");
    }
}
