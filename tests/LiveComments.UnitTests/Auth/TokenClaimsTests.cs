using System.Security.Claims;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;

namespace LiveComments.UnitTests.Auth;

public sealed class TokenClaimsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public void A_subject_that_could_not_be_stored_is_nobody(string subject) => Assert.Null(Principal((TokenClaims.Subject, subject)).ToUser());

    [Fact]
    public void Names_lose_what_could_not_be_stored()
    {
        var user = Principal((TokenClaims.Subject, "u"), (TokenClaims.Username, "a\0d\u001ba"), (TokenClaims.DisplayName, "\0\0"), (TokenClaims.Picture, "https://example.org/\0")).ToUser()!;
        Assert.Equal(new User("u", "ada", "ada", null, Roles.User), user);
    }

    [Fact]
    public void A_user_survives_the_way_through_a_session()
    {
        var user = new User("u", "ada", "Ada", "https://example.org/ada.png", Roles.Moderator);
        Assert.Equal(user, TokenClaims.ToPrincipal(user, 1_800_000_000, "Live").ToUser());
    }

    [Theory]
    [InlineData("1800000000", 1_800_000_000)]
    [InlineData("1800000000.75", 1_800_000_000)]
    [InlineData("1e300", 221_845_392_000)]
    [InlineData("-5", 0)]
    public void What_was_begun_with_a_token_ends_with_it(string exp, long seconds) =>
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(seconds) + Authentication.ClockSkew, Principal((TokenClaims.ExpiresAt, exp)).ValidUntil());

    [Fact]
    public void Nobody_in_particular_has_no_end() => Assert.Equal(DateTimeOffset.MaxValue, Principal().ValidUntil());

    private static ClaimsPrincipal Principal(params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "test"));
}
