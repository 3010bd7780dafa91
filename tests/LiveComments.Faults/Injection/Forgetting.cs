using LiveComments.Faults.Promises;
using LiveComments.Faults.Servers;

namespace LiveComments.Faults.Injection;

/// <summary>Redis is emptied (FLUSHALL) while everything runs: limits, keys, leases and the copies of newest comments are gone.</summary>
sealed class Forgetting : Fault
{
    public override string Name => "flush-redis";

    public override async Task RunAsync(Scene scene)
    {
        scene.Tell("FLUSHALL");
        var flushed = scene.Clock.GetTimestamp();
        await scene.System.Redis.ForgetAllAsync();
        await Promised.AfterAsync(scene, Parts.Redis, flushed, flushed, isAlone: true);
    }
}
