namespace LiveComments.Contracts;

/// <summary>Asks all processes, on <see cref="LevelsSubjects.Question"/>, for what they know of a stream. Who knows nothing says nothing.</summary>
/// <param name="StreamId">The stream.</param>
public sealed record LevelsQuestion(string StreamId);

/// <summary>What one process knows of how a stream was served within <see cref="Window"/>. Histograms of several are added up.</summary>
/// <param name="Delivery">Counts of the buckets from the first on, without the empty ones at the end; a viewer counts as one.</param>
/// <param name="Painted">The same.</param>
/// <param name="Retraction">The same.</param>
/// <param name="GapsRepaired">Entries.</param>
/// <param name="Comments">That went out.</param>
/// <param name="Omitted">Of those, not shown to most.</param>
public sealed record NodeLevels(IReadOnlyList<long> Delivery, IReadOnlyList<long> Painted, IReadOnlyList<long> Retraction, long GapsRepaired, long Comments, long Omitted)
{
    /// <summary>What the figures are of: this minute, as far as it is, and the four before it.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
}
