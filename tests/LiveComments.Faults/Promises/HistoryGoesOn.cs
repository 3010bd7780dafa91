using LiveComments.Contracts;
using LiveComments.Faults.Injection;
using LiveComments.Faults.Judging;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Promises;

/// <summary>After whatever fault somebody writes history again: viewers and authors would not notice for hours that nobody does.</summary>
static class HistoryGoesOn
{
    // A connection that was forgotten amid a write: its client gives it up after 30 s, and a standby ends its session within 15 s and takes over within 5 s.
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // Of what is a second behind as a rule nobody needs to hear.
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(5);

    public static async Task MeasureAsync(Scene scene, string fault)
    {
        var began = scene.Clock.GetTimestamp();
        Cursor? before = null;
        await Eventually.UntilAsync($"after {fault}, somebody writes history", async () =>
        {
            var written = await StoredRows.OffsetAsync(scene.System.Postgres.ConnectionString);
            before ??= written;
            return written > before;
        }, Patience);
        var took = scene.Clock.GetElapsedTime(began);
        if (took > WorthTelling)
            scene.Promise($"history written again after {fault}", took, Promise);
    }
}
