#nullable disable
using System.Text.Json;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>An issuer's keys (RFC 7517).</summary>
public class JsonWebKeySet
{
    // Trying keys costs time per token; issuers publish a handful.
    private const int MostKeys = 100;

    public JsonWebKeySet()
    {
    }

    public JsonWebKeySet(string json)
    {
        ArgumentException.ThrowIfNullOrEmpty(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!document.RootElement.TryGetProperty("keys", out var keys) || keys.GetArrayLength() > MostKeys)
                throw new ArgumentException($"A JSON Web Key Set has a member 'keys' with at most {MostKeys} keys.", nameof(json));
            foreach (var key in keys.EnumerateArray())
                Keys.Add(new JsonWebKey(key));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ArgumentException("The text is no JSON Web Key Set.", nameof(json), exception);
        }
    }

    public IList<JsonWebKey> Keys { get; internal set; } = [];

    public static JsonWebKeySet Create(string json) => new(json);

    /// <summary>Those that can check a signature.</summary>
    public IList<SecurityKey> GetSigningKeys() => [.. Keys.Where(key => key.Signature.Algorithm is not null)];
}
