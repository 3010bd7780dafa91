using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using LiveComments.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.UnitTests.Auth;

/// <summary>A service that takes an authority's tokens, set up as ours are. What the authority publishes, the test says.</summary>
sealed class AuthorityService : IAsyncDisposable
{
    public const string Issuer = "https://authority.example";
    public const string Audience = "livecomments";

    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private AuthorityService(WebApplication app) => (_app, _client) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.Single()) });

    public static async Task<AuthorityService> StartAsync(params SecurityKey[] published)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Auth:Authority", (string?)Issuer)]);
        builder.AddTokenAuthentication();
        var configuration = new OpenIdConnectConfiguration { Issuer = Issuer };
        foreach (var key in published)
            configuration.SigningKeys.Add(key);
        // In place of fetching it.
        builder.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, jwt => jwt.ConfigurationManager = new Microsoft.IdentityModel.Protocols.StaticConfigurationManager<OpenIdConnectConfiguration>(configuration));
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/me", (ClaimsPrincipal user) => user.ToUser()!.Id).RequireAuthorization();
        await app.StartAsync();
        return new AuthorityService(app);
    }

    public async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/me");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var answer = await _client.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.Single().ToString());
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
