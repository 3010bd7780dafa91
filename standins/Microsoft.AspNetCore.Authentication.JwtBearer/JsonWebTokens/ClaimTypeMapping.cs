using System.Security.Claims;

namespace Microsoft.IdentityModel.JsonWebTokens;

/// <summary>Short names of claims and the long ones that .NET identities know. The rarer ones of certificates and devices are left out.</summary>
internal static class ClaimTypeMapping
{
    public static readonly IReadOnlyDictionary<string, string> Inbound = new Dictionary<string, string>
    {
        [JwtRegisteredClaimNames.Actort] = ClaimTypes.Actor,
        [JwtRegisteredClaimNames.Birthdate] = ClaimTypes.DateOfBirth,
        [JwtRegisteredClaimNames.Email] = ClaimTypes.Email,
        [JwtRegisteredClaimNames.FamilyName] = ClaimTypes.Surname,
        [JwtRegisteredClaimNames.Gender] = ClaimTypes.Gender,
        [JwtRegisteredClaimNames.GivenName] = ClaimTypes.GivenName,
        [JwtRegisteredClaimNames.NameId] = ClaimTypes.NameIdentifier,
        [JwtRegisteredClaimNames.Sub] = ClaimTypes.NameIdentifier,
        [JwtRegisteredClaimNames.Website] = ClaimTypes.Webpage,
        [JwtRegisteredClaimNames.UniqueName] = ClaimTypes.Name,
        ["role"] = ClaimTypes.Role,
        ["roles"] = ClaimTypes.Role,
        ["upn"] = ClaimTypes.Upn,
        ["acr"] = "http://schemas.microsoft.com/claims/authnclassreference",
        ["amr"] = "http://schemas.microsoft.com/claims/authnmethodsreferences",
        ["oid"] = "http://schemas.microsoft.com/identity/claims/objectidentifier",
        ["scp"] = "http://schemas.microsoft.com/identity/claims/scope",
        ["tid"] = "http://schemas.microsoft.com/identity/claims/tenantid",
        ["idp"] = "http://schemas.microsoft.com/identity/claims/identityprovider",
        ["group"] = "http://schemas.xmlsoap.org/claims/Group",
        ["commonname"] = "http://schemas.xmlsoap.org/claims/CommonName",
    };
}
