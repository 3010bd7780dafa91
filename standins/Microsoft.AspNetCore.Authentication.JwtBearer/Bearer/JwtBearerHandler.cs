using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Net.Http.Headers;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>Who asks? The token in the <c>Authorization</c> header tells.</summary>
public partial class JwtBearerHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<JwtBearerOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";

    protected new JwtBearerEvents Events
    {
        get => (JwtBearerEvents)base.Events!;
        set => base.Events = value;
    }

    protected override Task<object> CreateEventsAsync() => Task.FromResult<object>(new JwtBearerEvents());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        try
        {
            var received = new MessageReceivedContext(Context, Scheme, Options);
            await Events.MessageReceived(received);
            if (received.Result is not null)
                return received.Result;
            var token = string.IsNullOrEmpty(received.Token) ? TokenOfHeader() : received.Token;
            if (string.IsNullOrEmpty(token))
                return AuthenticateResult.NoResult();

            var parameters = await ParametersAsync();
            var failures = new List<Exception>(1);
            foreach (var handler in Options.TokenHandlers)
            {
                if (await ValidateAsync(handler, token, parameters, failures) is { } valid)
                    return await AcceptAsync(token, valid);
            }

            return failures.Count == 0
                ? AuthenticateResult.Fail("No TokenHandler was able to validate the token.")
                : await RefuseAsync(failures.Count == 1 ? failures[0] : new AggregateException(failures));
        }
        catch (Exception exception)
        {
            LogFault(Logger, exception);
            var failed = new AuthenticationFailedContext(Context, Scheme, Options) { Exception = exception };
            await Events.AuthenticationFailed(failed);
            if (failed.Result is not null)
                return failed.Result;
            throw;
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        var challenge = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = result.Failure };
        // Without a token nothing is wrong with it.
        if (Options.IncludeErrorDetails && challenge.AuthenticateFailure is { } failure)
        {
            challenge.Error = "invalid_token";
            challenge.ErrorDescription = JwtBearerChallenge.Describe(failure);
        }

        await Events.Challenge(challenge);
        if (challenge.Handled)
            return;
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, JwtBearerChallenge.HeaderValue(Options.Challenge, challenge));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (Response.StatusCode != StatusCodes.Status403Forbidden && !Response.HasStarted)
            Response.StatusCode = StatusCodes.Status403Forbidden;
        return Events.Forbidden(new ForbiddenContext(Context, Scheme, Options));
    }

    private string? TokenOfHeader()
    {
        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? authorization[Prefix.Length..].Trim() : null;
    }

    private async Task<TokenValidationParameters> ParametersAsync()
    {
        var parameters = Options.TokenValidationParameters.Clone();
        if (Options.ConfigurationManager is BaseConfigurationManager manager)
        {
            parameters.ConfigurationManager = manager;
        }
        else if (Options.ConfigurationManager is { } other)
        {
            var configuration = await other.GetConfigurationAsync(Context.RequestAborted);
            parameters.ValidIssuers = [.. parameters.ValidIssuers ?? [], configuration.Issuer];
            parameters.IssuerSigningKeys = [.. parameters.IssuerSigningKeys ?? [], .. configuration.SigningKeys];
        }

        return parameters;
    }

    private async Task<TokenValidationResult?> ValidateAsync(TokenHandler handler, string token, TokenValidationParameters parameters, List<Exception> failures)
    {
        Exception failure;
        try
        {
            var result = await handler.ValidateTokenAsync(token, parameters);
            if (result.IsValid)
                return result;
            failure = result.Exception ?? new SecurityTokenValidationException($"The TokenHandler '{handler.GetType()}' was unable to validate the token.");
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        LogInvalid(Logger, failure);
        if (Options.RefreshOnIssuerKeyNotFound && failure is SecurityTokenSignatureKeyNotFoundException)
            Options.ConfigurationManager?.RequestRefresh();
        failures.Add(failure);
        return null;
    }

    private async Task<AuthenticateResult> AcceptAsync(string token, TokenValidationResult valid)
    {
        var validated = new TokenValidatedContext(Context, Scheme, Options)
        {
            Principal = new System.Security.Claims.ClaimsPrincipal(valid.ClaimsIdentity),
            SecurityToken = valid.SecurityToken,
        };
        validated.Properties.ExpiresUtc = Said(valid.SecurityToken.ValidTo);
        validated.Properties.IssuedUtc = Said(valid.SecurityToken.ValidFrom);
        await Events.TokenValidated(validated);
        if (validated.Result is not null)
            return validated.Result;
        if (Options.SaveToken)
            validated.Properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);
        validated.Success();
        return validated.Result!;
    }

    private async Task<AuthenticateResult> RefuseAsync(Exception failure)
    {
        var failed = new AuthenticationFailedContext(Context, Scheme, Options) { Exception = failure };
        await Events.AuthenticationFailed(failed);
        return failed.Result ?? AuthenticateResult.Fail(failed.Exception);
    }

    // The least time stands for "the token does not say".
    private static DateTimeOffset? Said(DateTime time) => time == DateTime.MinValue ? null : new DateTimeOffset(time);

    [LoggerMessage(1, LogLevel.Information, "Failed to validate the token.", EventName = "TokenValidationFailed")]
    private static partial void LogInvalid(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Error, "Exception occurred while processing message.", EventName = "ProcessingMessageFailed")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
