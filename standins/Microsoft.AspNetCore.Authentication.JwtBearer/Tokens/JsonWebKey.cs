#nullable disable
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>A key in JSON (RFC 7517). Wrong members make it a key that signs nothing, not an error: a set may hold keys for others.</summary>
public class JsonWebKey : SecurityKey
{
    private const int P256CoordinateBytes = 32;

    public JsonWebKey()
    {
    }

    public JsonWebKey(string json)
    {
        ArgumentException.ThrowIfNullOrEmpty(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new ArgumentException("The text is no JSON Web Key.", nameof(json), exception);
        }
    }

    internal JsonWebKey(JsonElement json) => Read(json);

    public string Alg { get; set; }

    public string Crv { get; set; }

    public string D { get; set; }

    public string DP { get; set; }

    public string DQ { get; set; }

    public string E { get; set; }

    public string K { get; set; }

    [JsonIgnore]
    public override string KeyId
    {
        get => Kid;
        set => Kid = value;
    }

    public IList<string> KeyOps { get; } = [];

    public string Kid { get; set; }

    public string Kty { get; set; }

    public string N { get; set; }

    public string P { get; set; }

    public string Q { get; set; }

    public string QI { get; set; }

    public string Use { get; set; }

    public string X { get; set; }

    public string X5t { get; set; }

    public string Y { get; set; }

    [JsonIgnore]
    public override int KeySize => Kty switch
    {
        JsonWebAlgorithmsKeyTypes.RSA => (Bytes(N)?.Length ?? 0) * 8,
        JsonWebAlgorithmsKeyTypes.Octet => (Bytes(K)?.Length ?? 0) * 8,
        JsonWebAlgorithmsKeyTypes.EllipticCurve => (Bytes(X)?.Length ?? 0) * 8,
        _ => 0,
    };

    [JsonIgnore]
    public bool HasPrivateKey => Kty is JsonWebAlgorithmsKeyTypes.RSA or JsonWebAlgorithmsKeyTypes.EllipticCurve && D is not null;

    public static JsonWebKey Create(string json) => new(json);

    private protected override Signature CreateSignature()
    {
        if (Use is not (null or "sig"))
            return Unusable.Instance;
        Signature signature;
        try
        {
            signature = Kty switch
            {
                JsonWebAlgorithmsKeyTypes.Octet => Bytes(K) is { } secret ? new HmacSignature(secret) : null,
                JsonWebAlgorithmsKeyTypes.RSA => CreateRsa() is { } rsa ? new RsaSignature(rsa) : null,
                JsonWebAlgorithmsKeyTypes.EllipticCurve => CreateEcdsa() is { } ecdsa ? new EcdsaSignature(ecdsa) : null,
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            // For instance a point that is not on the curve.
            return Unusable.Instance;
        }

        // A key that names its algorithm is for no other.
        return signature is null || Alg is not null && Alg != signature.Algorithm ? Unusable.Instance : signature;
    }

    private RSA CreateRsa()
    {
        if (Bytes(N) is not { } modulus || Bytes(E) is not { } exponent)
            return null;
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        if (D is not null)
        {
            parameters.D = Bytes(D);
            parameters.P = Bytes(P);
            parameters.Q = Bytes(Q);
            parameters.DP = Bytes(DP);
            parameters.DQ = Bytes(DQ);
            parameters.InverseQ = Bytes(QI);
        }

        return RSA.Create(parameters);
    }

    private ECDsa CreateEcdsa()
    {
        if (Crv != JsonWebKeyECTypes.P256 || Bytes(X) is not { Length: P256CoordinateBytes } x || Bytes(Y) is not { Length: P256CoordinateBytes } y)
            return null;
        return ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = x, Y = y },
            D = D is null ? null : Bytes(D),
        });
    }

    private static byte[] Bytes(string base64Url) =>
        base64Url is not null && StrictBase64Url.TryDecode(base64Url, out var bytes) ? bytes : null;

    private void Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new JsonException("A JSON Web Key is an object.");
        foreach (var member in json.EnumerateObject())
        {
            if (member.NameEquals("key_ops") && member.Value.ValueKind == JsonValueKind.Array)
            {
                foreach (var operation in member.Value.EnumerateArray())
                    KeyOps.Add(operation.ToString());
            }
            else if (member.Value.ValueKind == JsonValueKind.String)
            {
                Set(member.Name, member.Value.GetString());
            }
        }
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "alg": Alg = value; break;
            case "crv": Crv = value; break;
            case "d": D = value; break;
            case "dp": DP = value; break;
            case "dq": DQ = value; break;
            case "e": E = value; break;
            case "k": K = value; break;
            case "kid": Kid = value; break;
            case "kty": Kty = value; break;
            case "n": N = value; break;
            case "p": P = value; break;
            case "q": Q = value; break;
            case "qi": QI = value; break;
            case "use": Use = value; break;
            case "x": X = value; break;
            case "x5t": X5t = value; break;
            case "y": Y = value; break;
            default: break;
        }
    }

    private sealed class Unusable : Signature
    {
        public static readonly Unusable Instance = new();

        public override string Algorithm => null;

        public override byte[] Sign(ReadOnlySpan<byte> data) => throw new NotSupportedException();

        public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => false;
    }
}
