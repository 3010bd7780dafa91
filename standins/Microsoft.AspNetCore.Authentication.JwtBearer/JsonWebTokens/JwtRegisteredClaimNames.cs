#nullable disable
namespace Microsoft.IdentityModel.JsonWebTokens;

/// <summary>Names of claims that have a fixed meaning (RFC 7519, OpenID Connect).</summary>
public struct JwtRegisteredClaimNames
{
    public const string Acr = "acr";
    public const string Actort = "actort";
    public const string Address = "address";
    public const string Alg = "alg";
    public const string Amr = "amr";
    public const string AtHash = "at_hash";
    public const string Aud = "aud";
    public const string AuthTime = "auth_time";
    public const string Azp = "azp";
    public const string Birthdate = "birthdate";
    public const string CHash = "c_hash";
    public const string Email = "email";
    public const string EmailVerified = "email_verified";
    public const string Exp = "exp";
    public const string FamilyName = "family_name";
    public const string Gender = "gender";
    public const string GivenName = "given_name";
    public const string Iat = "iat";
    public const string Iss = "iss";
    public const string Jti = "jti";
    public const string Locale = "locale";
    public const string MiddleName = "middle_name";
    public const string Name = "name";
    public const string NameId = "nameid";
    public const string Nbf = "nbf";
    public const string Nickname = "nickname";
    public const string Nonce = "nonce";
    public const string PhoneNumber = "phone_number";
    public const string PhoneNumberVerified = "phone_number_verified";
    public const string Picture = "picture";
    public const string PreferredUsername = "preferred_username";
    public const string Prn = "prn";
    public const string Profile = "profile";
    public const string Sid = "sid";
    public const string Sub = "sub";
    public const string Typ = "typ";
    public const string UniqueName = "unique_name";
    public const string UpdatedAt = "updated_at";
    public const string Website = "website";
    public const string ZoneInfo = "zoneinfo";
}
