#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>Reads, makes and checks tokens of one form.</summary>
public abstract class TokenHandler
{
    public static readonly int DefaultTokenLifetimeInMinutes = 60;

    private int _maximumTokenSizeInBytes = TokenValidationParameters.DefaultMaximumTokenSizeInBytes;
    private int _tokenLifetimeInMinutes = DefaultTokenLifetimeInMinutes;

    /// <summary>A longer token is refused unread: it costs its sender nothing and us time.</summary>
    public virtual int MaximumTokenSizeInBytes
    {
        get => _maximumTokenSizeInBytes;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maximumTokenSizeInBytes = value;
        }
    }

    public bool SetDefaultTimesOnTokenCreation { get; set; } = true;

    public int TokenLifetimeInMinutes
    {
        get => _tokenLifetimeInMinutes;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _tokenLifetimeInMinutes = value;
        }
    }

    /// <summary>Never throws for a bad token: the result tells.</summary>
    public virtual Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters) =>
        throw new NotSupportedException();

    public virtual Task<TokenValidationResult> ValidateTokenAsync(SecurityToken token, TokenValidationParameters validationParameters) =>
        throw new NotSupportedException();

    /// <summary>Reads without checking anything.</summary>
    public virtual SecurityToken ReadToken(string token) => throw new NotSupportedException();
}
