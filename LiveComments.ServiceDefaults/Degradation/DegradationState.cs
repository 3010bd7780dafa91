namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>The level at which this process serves now. Reading it costs nothing.</summary>
public sealed class DegradationState
{
    private volatile int _level;
    private Action<DegradationLevel>? _onChange;

    public DegradationLevel Level => (DegradationLevel)_level;

    /// <summary>The handler is called with each new level, one after the other; it must not wait for anything.</summary>
    public void OnChange(Action<DegradationLevel> handler) => _onChange += handler;

    /// <summary>For who measures; and for tests of what a level means.</summary>
    public void Set(DegradationLevel level)
    {
        _level = (int)level;
        _onChange?.Invoke(level);
    }
}
