namespace LiveComments.Api.Moderation.Text;

/// <summary>A letter or digit of a text as it is matched, or the one space that stands for all that lies between words.</summary>
/// <param name="Code">A code point, folded.</param>
/// <param name="Run">How often it stands there in a row; 1 in the text as written.</param>
/// <param name="Kind">What it was before.</param>
/// <param name="BeginsWord">A word may begin here.</param>
/// <param name="EndsWord">A word may end here.</param>
/// <param name="IsJoined">Something that lay before it was left out.</param>
readonly record struct Letter(int Code, int Run, LetterKind Kind, bool BeginsWord, bool EndsWord, bool IsJoined)
{
    public const int Space = ' ';
}

enum LetterKind
{
    Letter,

    /// <summary>A digit that may stand for a letter.</summary>
    Digit,

    /// <summary>A sign that may stand for a letter.</summary>
    Sign,
}
