namespace LiveComments.Contracts;

/// <summary>What a reaction can be, to a stream and to a comment alike.</summary>
public static class ReactionTypes
{
    public const string Like = "like";
    public const string Love = "love";
    public const string Haha = "haha";
    public const string Wow = "wow";
    public const string Sad = "sad";
    public const string Angry = "angry";

    /// <summary>In the order in which counts are listed and stored: a new type goes to the end.</summary>
    public static IReadOnlyList<string> All { get; } = [Like, Love, Haha, Wow, Sad, Angry];

    /// <summary>The place in <see cref="All"/>; -1 for what is no type.</summary>
    public static int IndexOf(string? type) => type switch
    {
        Like => 0,
        Love => 1,
        Haha => 2,
        Wow => 3,
        Sad => 4,
        Angry => 5,
        _ => -1,
    };

    public static bool IsValid(string? type) => IndexOf(type) >= 0;
}
