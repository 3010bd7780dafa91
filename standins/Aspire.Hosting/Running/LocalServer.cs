using Aspire.Hosting.ApplicationModel;
using LiveComments.Machine;

namespace Aspire.Hosting.Running;

/// <summary>What a server needs to know when it is about to start.</summary>
internal sealed record ServerStart(string Program, DataFolder Data, int Port, Func<Launch, CancellationToken, Task<(int ExitCode, string Output)>> RunAsync);

/// <summary>
/// The program of this machine that serves in place of a container. A package attaches one to its container resource;
/// the host finds or installs the program, keeps its data folder and runs it.
/// </summary>
internal abstract class LocalServer : IResourceAnnotation
{
    public abstract ServerProgram Program { get; }

    /// <summary>Its passwords, so that they can be covered wherever something is shown.</summary>
    public virtual IEnumerable<ParameterResource> Secrets => [];

    public virtual ProcessSignal StopSignal => ProcessSignal.Terminate;

    /// <summary>Writes configuration, makes what must be there, and says how to launch. Throws a <see cref="HostFaultException"/> for damaged data.</summary>
    public abstract Task<Launch> PrepareAsync(ServerStart start, CancellationToken cancellationToken);

    /// <summary>The line of its log that tells why it ended, if it can be told.</summary>
    public virtual string? Reason(IReadOnlyList<string> lastLines) => lastLines.LastOrDefault(line => line.Length > 0);

    /// <summary>True for a line that says that kept data is damaged although the server goes on.</summary>
    public virtual bool TellsDamage(string line) => false;
}
