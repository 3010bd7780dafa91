namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>
/// From samples of the load to a level. Pure: what it knows of time comes from the clock. Not safe for several threads.
/// </summary>
/// <remarks>
/// 1. One step at a time: up when the load has been above the next level's threshold for as long as
///    <see cref="DegradationOptions.EnterAfter"/> says, in every sample; down when it has been below
///    <see cref="DegradationOptions.LeaveBelow"/> of this level's for <see cref="DegradationOptions.LeaveAfter"/>.
/// 2. With each step both times start anew. So there are never two steps within the shorter of them, and never one up and the next down
///    within the longer.
/// 3. More load never means a lower level: of two ladders that began together, the one with more load in each sample is never below the other.
/// </remarks>
public sealed class DegradationLadder(TimeProvider clock)
{
    private long? _above;
    private long? _below;

    public DegradationLevel Level { get; private set; }

    /// <summary>True when the level is another from here on.</summary>
    public bool Take(LoadSample sample, DegradationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var now = clock.GetTimestamp();
        _above = options.LevelOf(sample, 1) > Level ? _above ?? now : null;
        _below = options.LevelOf(sample, DegradationOptions.LeaveBelow) < Level ? _below ?? now : null;
        if (_above is { } above && clock.GetElapsedTime(above, now) >= options.EnterAfter)
            Level++;
        else if (_below is { } below && clock.GetElapsedTime(below, now) >= options.LeaveAfter)
            Level--;
        else
            return false;
        _above = _below = null;
        return true;
    }
}
