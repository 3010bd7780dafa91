using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests;

/// <summary>Who the caller is.</summary>
[Collection(SystemCollection.Name)]
public sealed class UsersTests(RunningSystem system)
{
    [Theory]
    [InlineData(Roles.User)]
    [InlineData(Roles.Moderator)]
    [InlineData(Roles.Admin)]
    public async Task The_token_tells_who_somebody_is(string role)
    {
        using var ada = await system.ClientOfAsync("Ada", role);
        var me = await ada.GetFromJsonAsync(new Uri("/api/users/me", UriKind.Relative), ContractsJson.Default.User);
        Assert.Equal(new User("dev-ada", "Ada", "Ada", null, role), me);
    }

    [Fact]
    public async Task Without_a_token_nobody_is_anybody() =>
        await ProblemDocument.AssertAsync(system.Client, HttpMethod.Get, "/api/users/me", HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
}
