using System.ComponentModel.DataAnnotations;

namespace LiveComments.Fanout.Rooms;

/// <summary>How rooms serve their viewers. Section <c>Rooms</c>.</summary>
sealed class RoomOptions
{
    public const string Section = "Rooms";

    /// <summary>
    /// Of a stream that is faster, so many comments a second are shown, and viewers are told how many were left out: nobody
    /// reads more. Half as many from 100,000 viewers on, a fifth from a million on.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxCommentsPerSecond { get; init; } = 50;
}
