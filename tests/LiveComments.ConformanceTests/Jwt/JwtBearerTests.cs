using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using LiveComments.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.ConformanceTests.Jwt;

/// <summary>A whole ASP.NET Core application behind bearer tokens.</summary>
public sealed class JwtBearerTests
{
    [Fact]
    public async Task A_good_token_opens_the_door_and_roles_open_the_next_one()
    {
        await using var app = await StartAsync(WithSecret);
        using var mine = await app.GetAsync("/me", Tokens.Create(Tokens.Descriptor(Tokens.Secret)));
        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
        Assert.Equal("user-1", await mine.Content.ReadAsStringAsync());
        using var moderators = await app.GetAsync("/moderators", Tokens.Create(Tokens.Descriptor(Tokens.Secret)));
        Assert.Equal(HttpStatusCode.OK, moderators.StatusCode);
        using var admins = await app.GetAsync("/admins", Tokens.Create(Tokens.Descriptor(Tokens.Secret)));
        Assert.Equal(HttpStatusCode.Forbidden, admins.StatusCode);
    }

    [Fact]
    public async Task Without_a_token_the_challenge_says_only_Bearer()
    {
        await using var app = await StartAsync(WithSecret);
        foreach (var authorization in new[] { null, "Basic dTpw", "Bearer ", "Bearer" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/me");
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var answer = await app.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task A_bad_token_is_told_why()
    {
        await using var app = await StartAsync(WithSecret);
        var late = Tokens.Descriptor(Tokens.Secret);
        late.Expires = new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        Assert.Equal("""Bearer error="invalid_token", error_description="The token expired at '01/02/2020 03:04:05'" """.Trim(), await ChallengeAsync(late));
        var elsewhere = Tokens.Descriptor(Tokens.Secret);
        elsewhere.Audience = "others";
        Assert.Equal("""Bearer error="invalid_token", error_description="The audience 'others' is invalid" """.Trim(), await ChallengeAsync(elsewhere));
        var stranger = Tokens.Descriptor(new SymmetricSecurityKey(new byte[32]) { KeyId = "stranger" });
        Assert.Equal("""Bearer error="invalid_token", error_description="The signature key was not found" """.Trim(), await ChallengeAsync(stranger));

        async Task<string> ChallengeAsync(SecurityTokenDescriptor descriptor)
        {
            using var answer = await app.GetAsync("/me", Tokens.Create(descriptor));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            return answer.Headers.WwwAuthenticate.ToString();
        }
    }

    [Fact]
    public async Task Error_details_can_be_kept_back()
    {
        await using var app = await StartAsync(options =>
        {
            WithSecret(options);
            options.IncludeErrorDetails = false;
            options.Challenge = "Bearer realm=\"live\"";
        });
        using var answer = await app.GetAsync("/me", "garbage");
        Assert.Equal("Bearer realm=\"live\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Events_can_find_refuse_and_see_tokens()
    {
        var failures = 0;
        await using var app = await StartAsync(options =>
        {
            WithSecret(options);
            options.SaveToken = true;
            options.Events = new JwtBearerEvents
            {
                OnMessageReceived = context =>
                {
                    context.Token = context.Request.Cookies["token"];
                    return Task.CompletedTask;
                },
                OnTokenValidated = context =>
                {
                    if (context.Principal!.FindFirstValue("sub") == "banned")
                        context.Fail("banned");
                    Assert.IsType<JsonWebToken>(context.SecurityToken);
                    return Task.CompletedTask;
                },
                OnAuthenticationFailed = _ =>
                {
                    Interlocked.Increment(ref failures);
                    return Task.CompletedTask;
                },
                OnChallenge = context =>
                {
                    context.Response.Headers["X-Challenged"] = "yes";
                    return Task.CompletedTask;
                },
                OnForbidden = context =>
                {
                    context.Response.Headers["X-Forbidden"] = "yes";
                    return Task.CompletedTask;
                },
            };
        });
        var token = Tokens.Create(Tokens.Descriptor(Tokens.Secret));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/token");
        request.Headers.Add("Cookie", $"token={token}");
        using var fromCookie = await app.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, fromCookie.StatusCode);
        Assert.Equal(token, await fromCookie.Content.ReadAsStringAsync());

        var banned = Tokens.Descriptor(Tokens.Secret);
        banned.Claims["sub"] = "banned";
        using var refused = await app.GetAsync("/me", Tokens.Create(banned));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.True(refused.Headers.Contains("X-Challenged"));
        using var garbage = await app.GetAsync("/me", "garbage");
        Assert.Equal(1, failures);
        using var forbidden = await app.GetAsync("/admins", token);
        Assert.True(forbidden.Headers.Contains("X-Forbidden"));
    }

    [Fact]
    public async Task A_hostile_issuer_name_cannot_break_the_header()
    {
        await using var app = await StartAsync(WithSecret);
        var hostile = Tokens.Descriptor(Tokens.Secret);
        hostile.Issuer = "x";
        using var answer = await app.GetAsync("/me", Tokens.Create(hostile));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("issuer 'x' is invalid", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authoritys_keys_are_found_used_and_kept()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        var (rsa, ecdsa) = (provider.PublishRsa("r1"), provider.PublishEcdsa("e1"));
        await using var app = await StartAsync(options => WithAuthority(options, provider));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, provider.Token(rsa, SecurityAlgorithms.RsaSha256)));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, provider.Token(ecdsa, SecurityAlgorithms.EcdsaSha256)));
        }

        Assert.Equal(1, provider.KeyFetches);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, provider.Token(rsa, SecurityAlgorithms.RsaSha256, token => token.Issuer = "https://other.test")));
    }

    [Fact]
    public async Task A_new_key_is_found_without_a_restart_and_unknown_ones_do_not_flood_the_authority()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        var first = provider.PublishRsa("first");
        await using var app = await StartAsync(options =>
        {
            WithAuthority(options, provider);
            options.RefreshInterval = TimeSpan.FromSeconds(1);
        });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, provider.Token(first, SecurityAlgorithms.RsaSha256)));
        provider.Withdraw();
        var second = provider.PublishRsa("second");
        await Eventually.UntilAsync("the new key is trusted", async () => await StatusAsync(app, provider.Token(second, SecurityAlgorithms.RsaSha256)) == HttpStatusCode.OK);
        await Eventually.UntilAsync("the old key is not", async () => await StatusAsync(app, provider.Token(first, SecurityAlgorithms.RsaSha256)) == HttpStatusCode.Unauthorized);

        await using var slow = await StartAsync(options => WithAuthority(options, provider));
        using var stranger = System.Security.Cryptography.RSA.Create(2048);
        var unknown = provider.Token(new RsaSecurityKey(stranger) { KeyId = "unknown" }, SecurityAlgorithms.RsaSha256);
        var before = provider.KeyFetches;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(slow, unknown))));
        Assert.InRange(provider.KeyFetches - before, 1, 3);
    }

    [Fact]
    public async Task An_authority_that_is_away_costs_trust_only_of_those_who_need_it()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        var key = provider.PublishRsa("r1");
        provider.Broken = true;
        await using var app = await StartAsync(options =>
        {
            WithAuthority(options, provider);
            options.RefreshInterval = TimeSpan.FromSeconds(1);
        });
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(app, provider.Token(key, SecurityAlgorithms.RsaSha256)));
        provider.Broken = false;
        await Eventually.UntilAsync("it is trusted when the authority is back", async () => await StatusAsync(app, provider.Token(key, SecurityAlgorithms.RsaSha256)) == HttpStatusCode.OK);
        provider.Broken = true;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, provider.Token(key, SecurityAlgorithms.RsaSha256)));
    }

    [Fact]
    public async Task A_published_secret_or_public_key_signs_nothing()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        var rsa = provider.PublishRsa("r1");
        await using var app = await StartAsync(options => WithAuthority(options, provider));
        var payload = Tokens.Payload().Replace(Tokens.Issuer, provider.Issuer, StringComparison.Ordinal);
        var forged = Tokens.Forge("""{"alg":"HS256","kid":"r1"}""", payload, rsa.Rsa.ExportSubjectPublicKeyInfo());
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, forged));
    }

    [Fact]
    public async Task An_authority_without_https_is_refused_unless_allowed()
    {
        await using var app = await StartAsync(options => options.Authority = "http://127.0.0.1:1");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await app.Host.Services.GetRequiredService<IAuthenticationService>()
            .AuthenticateAsync(new DefaultHttpContext { RequestServices = app.Host.Services }, JwtBearerDefaults.AuthenticationScheme));
    }

    [Fact]
    public async Task Configuration_alone_is_enough()
    {
        await using var app = await StartAsync(options => options.MapInboundClaims = false, new()
        {
            ["Authentication:Schemes:Bearer:ValidIssuer"] = Tokens.Issuer,
            ["Authentication:Schemes:Bearer:ValidAudiences:0"] = Tokens.Audience,
            ["Authentication:Schemes:Bearer:SigningKeys:0:Issuer"] = Tokens.Issuer,
            ["Authentication:Schemes:Bearer:SigningKeys:0:Value"] = Convert.ToBase64String(Tokens.Secret.Key),
        });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, Tokens.Create(Tokens.Descriptor(Tokens.Secret))));
        var elsewhere = Tokens.Descriptor(Tokens.Secret);
        elsewhere.Audience = "others";
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, Tokens.Create(elsewhere)));
    }

    private static void WithSecret(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = Tokens.Parameters(Tokens.Secret);
        options.TokenValidationParameters.RoleClaimType = "role";
    }

    private static void WithAuthority(JwtBearerOptions options, OpenIdProvider provider)
    {
        options.MapInboundClaims = false;
        options.Authority = provider.Issuer;
        options.Audience = Tokens.Audience;
        options.RequireHttpsMetadata = false;
    }

    private static async Task<HttpStatusCode> StatusAsync(App app, string token)
    {
        using var answer = await app.GetAsync("/me", token);
        return answer.StatusCode;
    }

    private static async Task<App> StartAsync(Action<JwtBearerOptions> configure, Dictionary<string, string?>? configuration = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(configuration ?? []);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(configure);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("moderators", policy => policy.RequireRole("moderator"))
            .AddPolicy("admins", policy => policy.RequireRole("admin"));
        var host = builder.Build();
        host.MapGet("/me", (ClaimsPrincipal user) => user.FindFirstValue("sub")).RequireAuthorization();
        host.MapGet("/moderators", () => "in").RequireAuthorization("moderators");
        host.MapGet("/admins", () => "in").RequireAuthorization("admins");
        host.MapGet("/token", (HttpContext context, ClaimsPrincipal _) => context.GetTokenAsync("access_token")).RequireAuthorization();
        await host.StartAsync();
        return new App(host);
    }

    private sealed class App(WebApplication host) : IAsyncDisposable
    {
        public WebApplication Host => host;

        public HttpClient Client { get; } = new() { BaseAddress = new Uri(host.Urls.First()) };

        public async Task<HttpResponseMessage> GetAsync(string path, string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return await Client.SendAsync(request);
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await host.DisposeAsync();
        }
    }
}
