namespace LiveComments.Fanout.Figures;

/// <summary>Which figures viewers are told. Section <c>Figures</c>.</summary>
sealed class FiguresOptions
{
    public const string Section = "Figures";

    /// <summary>How many watch, as it changes.</summary>
    public bool Viewers { get; init; } = true;

    /// <summary>How many comments there are, as it changes.</summary>
    public bool Comments { get; init; } = true;
}
