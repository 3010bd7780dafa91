namespace NATS.Client.Core;

/// <summary>How to log in: a user and password, or a token. Both may also stand in <see cref="NatsOpts.Url"/>.</summary>
public record NatsAuthOpts
{
    public static readonly NatsAuthOpts Default = new();

    public string? Username { get; init; }

    public string? Password { get; init; }

    public string? Token { get; init; }

    public bool IsAnonymous => string.IsNullOrEmpty(Username) && string.IsNullOrEmpty(Password) && string.IsNullOrEmpty(Token);
}
