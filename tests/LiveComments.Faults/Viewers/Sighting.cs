using LiveComments.Contracts;

namespace LiveComments.Faults.Viewers;

/// <summary>What a viewer was told, as far as it concerns what it has seen.</summary>
abstract record Sighting
{
    /// <summary>It came, or came back with that cursor.</summary>
    public sealed record Came(Cursor? With) : Sighting;

    /// <summary>Comments, up to a cursor.</summary>
    public sealed record Batch(long[] Comments, bool IsBackfill, Cursor Cursor, int Omitted) : Sighting;

    /// <summary>Something that moves the cursor and has no comments.</summary>
    public sealed record Moved(Cursor Cursor) : Sighting;

    /// <summary>It was told to forget what it holds.</summary>
    public sealed record Reset(string Reason) : Sighting;

    /// <summary>It was told that what lay between is lost.</summary>
    public sealed record Gap(Cursor After, Cursor Until) : Sighting;
}
