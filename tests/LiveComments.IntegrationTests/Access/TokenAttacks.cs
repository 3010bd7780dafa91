using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Fuzz;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Forged, spoilt and odd tokens, at every place that takes one.</summary>
[Collection(AccessCollection.Name)]
public sealed class TokenAttacks(AccessSystem system)
{
    // So many messages a socket sends at once before it is read more slowly.
    private const int MessagesOfOneSocket = 50;

    // A message has room for no longer one.
    private const int LongestToken = Limits.MaxSocketMessageBytes - 500;

    [Fact]
    public async Task Api_and_nodes_take_good_tokens_and_refuse_all_others_alike()
    {
        var stream = await NewStreamAsync();
        var differences = new List<string>();
        foreach (var (service, path) in new[] { (system.ClosedApi, "/api/users/me"), (system.ClosedApi, $"/api/streams/{stream}"), (system.ClosedFanout, $"/live/streams/{stream}/events?wait=0") })
        {
            using var connection = new RawConnection(service.Address);
            foreach (var token in TokenTable.All())
                Compare(differences, $"{path}: {token.Name}", Ask(connection, path, $"Bearer {token.Text}"), token.Fate);
        }

        Assert.Empty(differences);
    }

    [Fact]
    public async Task A_token_in_a_message_is_read_by_the_same_rules()
    {
        var differences = new List<string>();
        foreach (var tokens in TokenTable.All().Where(token => token.Fate == TokenFate.Refused && token.Text.Length < LongestToken).Chunk(MessagesOfOneSocket))
        {
            await using var socket = await SocketClient.OpenAsync(system.Fanout.Address, "/live/ws");
            foreach (var token in tokens)
            {
                await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(token.Text), ContractsJson.Default.Authenticate);
                var error = await socket.NextErrorAsync();
                if (error.Code is not (ErrorCodes.Unauthorized or ErrorCodes.InvalidMessage))
                    differences.Add($"{token.Name}: {error.Code}");
            }

            // And is still nobody.
            await socket.SendAsync(ClientMessageTypes.React, new React("demo", "like"), ContractsJson.Default.React);
            if ((await socket.NextErrorAsync()).Code != ErrorCodes.Unauthorized)
                differences.Add($"somebody, by {string.Join(" or ", tokens.Select(token => token.Name))}");
        }

        Assert.Empty(differences);
    }

    [Fact]
    public async Task Only_one_Authorization_with_one_token_counts()
    {
        var stream = await NewStreamAsync();
        var good = TestTokens.Of("mallory");
        var differences = new List<string>();
        foreach (var (service, path) in new[] { (system.ClosedApi, "/api/users/me"), (system.ClosedFanout, $"/live/streams/{stream}/events?wait=0") })
        {
            using var connection = new RawConnection(service.Address);
            foreach (var (authorization, fate) in new[]
            {
                ($"Bearer {good}", TokenFate.Taken), ($"bearer {good}", TokenFate.Taken), ($"BEARER   {good}  ", TokenFate.Taken),
                (good, TokenFate.Refused), ("Bearer", TokenFate.Refused), ("Bearer ", TokenFate.Refused), ($"Bearer:{good}", TokenFate.Refused), ($"Bearer={good}", TokenFate.Refused), ($"Bearer{good}", TokenFate.Refused),
                ($"Token {good}", TokenFate.Refused), ($"Basic {good}", TokenFate.Refused), ($"JWT {good}", TokenFate.Refused), ($"Bearer {good}, Bearer {good}", TokenFate.Refused), ($"Bearer {good};", TokenFate.Refused),
                ($"Bearer realm=\"x\" {good}", TokenFate.Refused), ($"Bearer {good}\r\nAuthorization: Bearer {good}", TokenFate.Refused), ($"Basic YTpi\r\nAuthorization: Bearer {good}", TokenFate.Refused),
                ($"\r\nX-Authorization: Bearer {good}", TokenFate.Refused), ($"\r\nProxy-Authorization: Bearer {good}", TokenFate.Refused), ($"\r\nX-Forwarded-Authorization: Bearer {good}", TokenFate.Refused),
                ($"\r\nX-Forwarded-User: admin\r\nX-Remote-User: admin\r\nRemote-User: admin\r\nX-User-Id: admin", TokenFate.Refused), ($"\r\nCookie: token={good}; access_token={good}; Authorization=Bearer {good}", TokenFate.Refused),
            })
                Compare(differences, $"{path}: {authorization[..Math.Min(40, authorization.Length)]}", Ask(connection, path, authorization), fate);
            foreach (var name in new[] { "access_token", "token", "authorization", "Authorization", "bearer", "jwt" })
                Compare(differences, $"{path}: ?{name}=", Ask(connection, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={good}", ""), TokenFate.Refused);
        }

        Assert.Empty(differences);
    }

    [Fact]
    public async Task A_token_that_no_server_reads_is_refused_by_its_size()
    {
        foreach (var (service, path) in new[] { (system.ClosedApi, "/api/users/me"), (system.ClosedFanout, $"/live/streams/{await NewStreamAsync()}/events?wait=0") })
        {
            using var connection = new RawConnection(service.Address);
            Assert.Equal(431, Ask(connection, path, $"Bearer {ForgedToken.Signed(ForgedToken.Payload(("x", $"\"{new string('x', 60_000)}\"")))}").Status);
        }
    }

    [Theory]
    [InlineData("\"admin\"", true)]
    [InlineData("[\"admin\"]", true)]
    [InlineData("[\"user\",\"admin\"]", true)]
    [InlineData("\"Admin\"", false)]
    [InlineData("\"ADMIN\"", false)]
    [InlineData("\" admin\"", false)]
    [InlineData("\"admin \"", false)]
    [InlineData("\"admin,user\"", false)]
    [InlineData("\"user admin\"", false)]
    [InlineData("\"administrator\"", false)]
    [InlineData("\"admin\\u0000\"", false)]
    [InlineData("\"\u0430dmin\"", false)]
    [InlineData("[[\"admin\"]]", false)]
    [InlineData("{\"admin\":true}", false)]
    [InlineData("{\"role\":\"admin\"}", false)]
    [InlineData("true", false)]
    [InlineData("null", false)]
    [InlineData("0", false)]
    public async Task A_role_is_a_word_of_ours_and_nothing_like_it(string role, bool isAdmin) =>
        Assert.Equal(isAdmin ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await AskAsAdminAsync(("role", role)));

    [Theory]
    [InlineData("roles")]
    [InlineData("Role")]
    [InlineData("ROLE")]
    [InlineData("role ")]
    [InlineData("groups")]
    [InlineData("scope")]
    [InlineData("admin")]
    [InlineData("http://schemas.microsoft.com/ws/2008/06/identity/claims/role")]
    public async Task No_other_claim_gives_a_role(string claim) => Assert.Equal(HttpStatusCode.Forbidden, await AskAsAdminAsync((claim, "\"admin\"")));

    [Theory]
    [InlineData("SUB")]
    [InlineData("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier")]
    public async Task No_other_claim_names_somebody(string claim)
    {
        using var client = AccessSystem.ClientOf(system.Api, ForgedToken.Signed(ForgedToken.Payload(("sub", null), (claim, "\"admin\""))));
        await ProblemDocument.AssertAsync(client, HttpMethod.Get, "/api/users/me", HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
    }

    [Fact]
    public async Task What_a_refusal_says_is_nothing_of_the_token()
    {
        const string Marker = "words-of-the-token-7f3a";
        foreach (var payload in new[] { ForgedToken.Payload(("aud", $"\"{Marker}\\r\\nX: y\"")), ForgedToken.Payload(("iss", $"\"{Marker}\\u00e9\"")), ForgedToken.Payload(("sub", $"\"{Marker}\\n\"")), ForgedToken.Payload(("exp", "1"), ("jti", $"\"{Marker}\"")) })
        {
            using var client = AccessSystem.ClientOf(system.ClosedApi, ForgedToken.Signed(payload, $$"""{"alg":"HS256","kid":"{{Marker}}"}"""));
            using var answer = await client.GetAsync(new Uri("/api/users/me", UriKind.Relative));
            await ProblemDocument.AssertAsync(answer, HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
            Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.Single().ToString());
            Assert.DoesNotContain(Marker, $"{answer}{await answer.Content.ReadAsStringAsync()}", StringComparison.Ordinal);
        }

        // Who sent none did nothing wrong.
        using var nobody = AccessSystem.ClientOf(system.ClosedApi);
        using var asked = await nobody.GetAsync(new Uri("/api/users/me", UriKind.Relative));
        Assert.Equal("Bearer", asked.Headers.WwwAuthenticate.Single().ToString());
    }

    [Fact]
    public async Task Who_has_a_hostile_name_and_id_is_shown_and_moderated_like_anybody()
    {
        var stream = await NewStreamAsync();
        using var admin = AccessSystem.ClientOf(system.Gateway, Callers.TokenOf(Caller.Admin));
        foreach (var subject in new[] { ">", "*.>", "a b", "}{", "' or 1=1 --", "../../x", "https://issuer.example/users/7?x#y", "a%b", "a+b", "\u202etxt", "\u00e9\ud83d\ude00" })
        {
            var token = ForgedToken.Signed(ForgedToken.Payload(("sub", JsonSerializer.Serialize(subject)), ("preferred_username", "\"<img src=x onerror=alert(1)>\\u0000\\u001b\""), ("picture", "\"javascript:alert(1)\"")));
            using var client = AccessSystem.ClientOf(system.Api, token);
            var comment = await RunningSystem.PostAcceptedAsync(client, stream, "hello");
            Assert.Equal((subject, (string?)null), (comment.UserId, comment.AvatarUrl));
            Assert.InRange(comment.Username.Length, 1, Limits.MaxUsernameLength);
            Assert.DoesNotContain(comment.Username, char.IsControl);
            await Wire.PutAsync(admin, $"/api/streams/{stream}/moderation/sanctions/ban/{Uri.EscapeDataString(subject)}", new SanctionRequest(), ContractsJson.Default.SanctionRequest);
            using var refused = await RunningSystem.PostAsync(client, stream, new PostComment("again"));
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.Forbidden, ErrorCodes.Banned);
        }
    }

    private async Task<HttpStatusCode> AskAsAdminAsync(params (string Name, string? Json)[] claims)
    {
        using var client = AccessSystem.ClientOf(system.Api, ForgedToken.Signed(ForgedToken.Payload(claims)));
        using var answer = await client.GetAsync(new Uri("/api/moderation/rules", UriKind.Relative));
        return answer.StatusCode;
    }

    private static RawAnswer Ask(RawConnection connection, string path, string authorization) =>
        connection.Send(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\nHost: test\r\nAccept: application/json\r\nAuthorization: {authorization}\r\n\r\n")), isHead: false);

    private static void Compare(List<string> differences, string what, RawAnswer answer, TokenFate fate)
    {
        var refused = answer.Status == 401 && Encoding.UTF8.GetString(answer.Body).Contains($"\"{ErrorCodes.Unauthorized}\"", StringComparison.Ordinal);
        var taken = answer.Status == 200;
        if (fate switch { TokenFate.Refused => !refused, TokenFate.Taken => !taken, _ => !refused && !taken })
            differences.Add($"{what}: {answer.Status} {Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 80)))}");
    }

    private async Task<string> NewStreamAsync()
    {
        using var client = AccessSystem.ClientOf(system.Api, TestTokens.Of("broadcaster"));
        return (await RunningSystem.NewStreamAsync(client)).Id;
    }
}
