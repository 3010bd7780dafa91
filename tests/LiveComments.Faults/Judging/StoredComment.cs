using LiveComments.Contracts;

namespace LiveComments.Faults.Judging;

/// <summary>A comment as it lies in the log or in Postgres.</summary>
/// <param name="Cursor">Where.</param>
/// <param name="Id">The comment's id.</param>
/// <param name="Post">The number of the post that it came from; null when no post of the run has its key.</param>
/// <param name="Stream">The stream's number.</param>
/// <param name="IsTextRight">Whether it says what its post said.</param>
/// <param name="IsCarried">Taken over from an older epoch: there it lies where its acknowledgement says.</param>
readonly record struct StoredComment(Cursor Cursor, long Id, int? Post, int Stream, bool IsTextRight, bool IsCarried);
