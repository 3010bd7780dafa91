using System.ComponentModel.DataAnnotations;

namespace LiveComments.Api.Log;

/// <summary>How long and how safely the log keeps entries. Section <c>Log</c>.</summary>
sealed class LogOptions
{
    public const string Section = "Log";

    /// <summary>Entries older than this leave the log; they are in Postgres by then.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Bytes the log may take on disk; without limit when left out.</summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long? MaxBytes { get; init; }

    /// <summary>Copies of each entry in a NATS cluster: 1 in development, 3 in production.</summary>
    [Range(1, 5)]
    public int Replicas { get; init; } = 1;

    /// <summary>How long the log itself recognises a repeated message id. Very short ones make each retry ask Postgres.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromMinutes(2);
}
