using LiveComments.Contracts;
using LiveComments.Faults.Judging;
using LiveComments.Faults.Servers;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Injection;

/// <summary>What a power cut or a bad disk does to the log's files while nats-server is down.</summary>
sealed class Damaging(Damage damage) : Fault
{
    private const int MaxBytes = 64 * 1024;
    private const int LastRecordsBytes = 1024;
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NewEpoch = TimeSpan.FromMinutes(2);

    public override string Name => damage == Damage.TailCut ? "tail-cut" : "bit-flip";

    public override bool NeedsLinks => true;

    public override async Task RunAsync(Scene scene)
    {
        scene.Tell("kill -9 nats");
        await scene.System.KillAsync(Parts.Nats);
        var before = scene.Authors.Epoch;
        Strike(scene);
        // Answers that are under way arrive before anything can be acknowledged once more.
        await scene.HoldAsync(Down);
        var since = scene.Clock.GetUtcNow();
        var end = await StartQuietlyAsync(scene, before);
        var answers = scene.Clock.GetTimestamp();
        await Eventually.UntilAsync("posts are acknowledged, and a new epoch has begun if anything that was acknowledged is gone", () => scene.Authors.Figures.LastAcknowledgedAt > answers, NewEpoch);
        scene.Tell($"posts are acknowledged in epoch {scene.Authors.Epoch}");
        scene.EndedAt(end, since);
    }

    /// <summary>Nobody appends before the judge knows where the log ended.</summary>
    private static async Task<Cursor> StartQuietlyAsync(Scene scene, int epoch)
    {
        var links = scene.System.Links.Where(link => link.Name.EndsWith(Parts.Nats, StringComparison.Ordinal)).ToList();
        links.ForEach(link => link.Mode = LinkMode.Resetting);
        try
        {
            if (!await TryStartAsync(scene))
                return new Cursor(epoch, 0);
            var last = (await StoredLog.EndsAsync(scene.System.Nats.Url)).First(end => end.Epoch == epoch);
            var end = await StoredLog.LastReadableAsync(scene.System.Nats.Url, last);
            scene.Tell($"nats-server says that the log ends at {last}; it can be read up to {end}");
            return end;
        }
        finally
        {
            links.ForEach(link => link.Mode = LinkMode.Open);
            scene.Returned();
        }
    }

    /// <summary>False when the server can't read what was damaged at all, and begins without a log; then its operator does what docs/operations/log-went-backwards.md says.</summary>
    private static async Task<bool> TryStartAsync(Scene scene)
    {
        try
        {
            await scene.System.TryStartAsync(Parts.Nats);
            return true;
        }
        catch (InvalidOperationException) when (scene.System.Nats.Log.Contains("panic:", StringComparison.Ordinal))
        {
            scene.Tell("nats-server panics when it reads this, and can't start: its data is put away");
            scene.System.Nats.LoseStore();
            await scene.System.StartAsync(Parts.Nats);
            return false;
        }
    }

    private void Strike(Scene scene)
    {
        var size = scene.System.Nats.NewestBlockBytes;
        var bytes = scene.Random.Next(1, (int)Math.Min(LastRecordsOnly(scene) ? LastRecordsBytes : MaxBytes, size));
        if (damage == Damage.TailCut)
        {
            scene.Tell($"{bytes} of {size} bytes cut from the end of the newest block");
            scene.System.Nats.CutTail(bytes);
            return;
        }

        var bit = scene.Random.Next(8);
        scene.Tell($"bit {bit} of the byte {bytes} before the end of the newest block flipped");
        scene.System.Nats.FlipBit(bytes, bit);
    }

    // The very end is where power cuts strike, and where it is hardest to notice: half of the time it is that.
    private static bool LastRecordsOnly(Scene scene) => scene.Random.Next(2) == 0;
}

enum Damage
{
    TailCut,
    BitFlip,
}
