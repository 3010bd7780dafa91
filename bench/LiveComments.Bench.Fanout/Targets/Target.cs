using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.Fanout.Viewers;

namespace LiveComments.Bench.Fanout.Targets;

/// <summary>A system that delivers comments to viewers, freshly started.</summary>
abstract class Target : IAsyncDisposable
{
    private readonly List<ChildProcess> _processes = [];

    public abstract string Name { get; }

    /// <summary>How it was set up, in a sentence: stands in the result.</summary>
    public abstract string Setup { get; }

    /// <summary>Where viewers connect, in turn.</summary>
    public abstract IReadOnlyList<Endpoint> Endpoints { get; }

    /// <summary>Bytes that the server adds to a comment in the text of an event, so that frames of all targets have one size.</summary>
    public abstract int EnvelopeBytes { get; }

    /// <summary>Every process whose CPU counts as the server's.</summary>
    public virtual IEnumerable<(string Name, int Id)> Processes => _processes.Select(process => (process.Name, process.Id));

    public abstract Task StartAsync();

    /// <summary>Returns when the target has acknowledged the comment.</summary>
    public abstract Task PublishAsync(byte[] comment);

    /// <summary>What the processes printed last, for a result that makes no sense.</summary>
    public string Output => string.Join('\n', _processes.Select(process => $"{process.Name}: {process.Output}"));

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
            await process.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected ChildProcess Start(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingFolder)
    {
        var process = new ChildProcess(name, program, arguments, environment, workingFolder);
        _processes.Add(process);
        return process;
    }
}
