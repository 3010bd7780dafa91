#nullable disable
using System.Security.Cryptography;

namespace Microsoft.IdentityModel.Tokens;

public class RsaSecurityKey : AsymmetricSecurityKey
{
    private readonly bool _hasPrivateKey;

    public RsaSecurityKey(RSAParameters rsaParameters)
    {
        if (rsaParameters.Modulus is null || rsaParameters.Exponent is null)
            throw new ArgumentException("An RSA key has a modulus and an exponent.", nameof(rsaParameters));
        Parameters = rsaParameters;
        _hasPrivateKey = rsaParameters.D is not null;
        KeySize = rsaParameters.Modulus.Length * 8;
    }

    public RsaSecurityKey(RSA rsa)
    {
        ArgumentNullException.ThrowIfNull(rsa);
        Rsa = rsa;
        KeySize = rsa.KeySize;
    }

    public override int KeySize { get; }

    public RSAParameters Parameters { get; private set; }

    public RSA Rsa { get; private set; }

    public override PrivateKeyStatus PrivateKeyStatus =>
        Rsa is not null ? PrivateKeyStatus.Unknown : _hasPrivateKey ? PrivateKeyStatus.Exists : PrivateKeyStatus.DoesNotExist;

    private protected override Signature CreateSignature()
    {
        if (Rsa is not null)
            return new RsaSignature(Rsa);
        return new RsaSignature(RSA.Create(Parameters));
    }
}
