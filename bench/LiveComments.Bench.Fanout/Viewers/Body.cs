namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>Takes the framing off what a server sends, wherever reads happen to cut it, and hands on the text.</summary>
abstract class Body
{
    /// <summary>Hands each run of text to <see cref="Viewer.OnText"/> and tells <see cref="Viewer.OnPieceEnd"/> after each piece.</summary>
    public abstract void Feed(ReadOnlySpan<byte> bytes, Viewer viewer, long now);
}

/// <summary>Text as it is; a piece is what one read brought.</summary>
sealed class PlainBody : Body
{
    public override void Feed(ReadOnlySpan<byte> bytes, Viewer viewer, long now)
    {
        viewer.OnText(bytes, now);
        viewer.OnPieceEnd();
    }
}
