#nullable disable
using System.Security.Cryptography;

namespace Microsoft.IdentityModel.Tokens;

public class ECDsaSecurityKey : AsymmetricSecurityKey
{
    public ECDsaSecurityKey(ECDsa ecdsa)
    {
        ArgumentNullException.ThrowIfNull(ecdsa);
        ECDsa = ecdsa;
    }

    public ECDsa ECDsa { get; private set; }

    public override int KeySize => ECDsa.KeySize;

    public override PrivateKeyStatus PrivateKeyStatus => PrivateKeyStatus.Unknown;

    private protected override Signature CreateSignature() => new EcdsaSignature(ECDsa);
}
