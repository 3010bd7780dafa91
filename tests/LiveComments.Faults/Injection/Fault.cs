namespace LiveComments.Faults.Injection;

/// <summary>One thing that goes wrong, and is mended again.</summary>
abstract class Fault
{
    /// <summary>By which the command line and results call it.</summary>
    public abstract string Name { get; }

    /// <summary>Services must reach their servers through links that can be cut.</summary>
    public virtual bool NeedsLinks => false;

    /// <summary>The log must lie on a disk that can be made too small.</summary>
    public virtual bool NeedsSmallDisk => false;

    /// <summary>Strikes, holds, mends, and measures what was promised for this fault.</summary>
    public abstract Task RunAsync(Scene scene);
}
