namespace LiveComments.Fanout.Draining;

/// <summary>The two moments at which a node ends: when it lets nobody in any more, and when nobody is left.</summary>
sealed class NodeEnd(IHostApplicationLifetime lifetime) : IDisposable
{
    private readonly CancellationTokenSource _over = new();

    /// <summary>The node stops: nobody else is let in.</summary>
    public bool HasBegun => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Nobody is left; what viewers needed may stop.</summary>
    public CancellationToken Over => _over.Token;

    public void Begin() => lifetime.StopApplication();

    public void Complete() => _over.Cancel();

    public void Dispose() => _over.Dispose();
}
