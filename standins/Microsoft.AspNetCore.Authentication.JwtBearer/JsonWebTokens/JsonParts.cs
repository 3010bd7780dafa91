using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.JsonWebTokens;

/// <summary>Header or payload of a token: a JSON object in which each name is said once.</summary>
internal sealed class JsonParts
{
    // Claims are flat or nearly so; deeper nesting only costs time.
    private const int DeepestNesting = 16;

    private readonly Dictionary<string, JsonElement> _members;

    private JsonParts(Dictionary<string, JsonElement> members) => _members = members;

    public IReadOnlyDictionary<string, JsonElement> Members => _members;

    public static JsonParts Decode(ReadOnlySpan<char> part, string what)
    {
        if (!StrictBase64Url.TryDecode(part, out var bytes))
            throw new SecurityTokenMalformedException($"The token's {what} is no base64url text.");
        try
        {
            return Parse(bytes, what);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            // Not only the grammar: names may also hold bytes or escapes that are no text.
            throw new SecurityTokenMalformedException($"The token's {what} is no JSON object.", exception);
        }
    }

    public static JsonParts Parse(ReadOnlyMemory<byte> json, string what)
    {
        // Not from a pool and never disposed: all members may then share it.
        var root = JsonElement.Parse(json.Span, new JsonDocumentOptions { MaxDepth = DeepestNesting });
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("An object is wanted.");
        var members = new Dictionary<string, JsonElement>(root.GetPropertyCount(), StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            // Readers differ in which of two they take: who checks and who acts must not disagree.
            if (!members.TryAdd(member.Name, member.Value))
                throw new SecurityTokenMalformedException($"The token's {what} says '{member.Name}' twice.");
        }

        return new JsonParts(members);
    }

    public string? String(string name) =>
        _members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public bool Has(string name) => _members.ContainsKey(name);

    /// <summary>Null: absent. A value that is no number of seconds within the calendar is an error, not an absence.</summary>
    public DateTime? Time(string name)
    {
        if (!_members.TryGetValue(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds))
            throw new SecurityTokenMalformedException($"The token's '{name}' is no number.");
        if (seconds <= 0)
            return DateTime.UnixEpoch;
        return seconds >= (DateTime.MaxValue - DateTime.UnixEpoch).TotalSeconds
            ? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc)
            : DateTime.UnixEpoch.AddSeconds(Math.Floor(seconds));
    }

    public IEnumerable<string> Strings(string name)
    {
        if (!_members.TryGetValue(name, out var value))
            return [];
        if (value.ValueKind == JsonValueKind.String)
            return [value.GetString()!];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        throw new SecurityTokenMalformedException($"The token's '{name}' is neither a text nor a list of texts.");
    }

    public T? Value<T>(string name) => _members[name] is { ValueKind: JsonValueKind.String } text && typeof(T) == typeof(object)
        ? (T)(object)text.GetString()!
        : _members[name].Deserialize<T>();
}
