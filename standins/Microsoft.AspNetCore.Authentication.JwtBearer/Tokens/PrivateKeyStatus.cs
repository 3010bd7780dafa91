#nullable disable
namespace Microsoft.IdentityModel.Tokens;

public enum PrivateKeyStatus
{
    Exists,
    DoesNotExist,
    Unknown,
}
