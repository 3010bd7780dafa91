using LiveComments.Contracts;

namespace LiveComments.Api.Admission;

/// <summary>What admission decided about a post.</summary>
abstract record AdmissionVerdict
{
    /// <summary>
    /// Whether it would know if the key had been used before, as far as the caller knows this memory: then a key that it
    /// doesn't know is new.
    /// </summary>
    public bool KnowsKeys { get; init; }

    /// <summary>Go on; it is charged.</summary>
    /// <param name="Quota">What is left of the tighter limit.</param>
    public sealed record Admitted(Quota Quota) : AdmissionVerdict
    {
        /// <summary>Where it was charged: in this process alone, or in Redis.</summary>
        public bool IsLocal { get; init; }
    }

    /// <summary>The key was used before, and charged then; what became of that is not known here. Nothing is charged.</summary>
    public sealed record UsedBefore(TimeSpan Ago) : AdmissionVerdict;

    /// <summary>The key was used before and led to this entry; nothing is charged.</summary>
    public sealed record SeenBefore(Cursor Cursor, string RequestHash) : AdmissionVerdict;

    /// <summary>A moderator did something about the user lately, at this place in the log: to be asked again once that is known. Nothing is charged.</summary>
    public sealed record ActedOn(string Act) : AdmissionVerdict;

    /// <summary>Too much within a window.</summary>
    public sealed record TooMany(Quota Quota) : AdmissionVerdict;
}

/// <summary>The state of a limit, as the RateLimit header fields tell it.</summary>
/// <param name="Limit">Posts within the window.</param>
/// <param name="Remaining">How many of them are left now.</param>
/// <param name="Window">The window's length.</param>
/// <param name="Reset">When the next one becomes free, from now; zero while some are left.</param>
readonly record struct Quota(int Limit, int Remaining, TimeSpan Window, TimeSpan Reset);
