using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Aspire.Hosting.Docker.Resources.ComposeNodes
{
    public abstract class NamedComposeMember
    {
        public required string Name { get; set; }
    }

    [SuppressMessage("Usage", "CA2227", Justification = "As the package has it.")]
    public sealed class Service : NamedComposeMember
    {
        public string? Image { get; set; }

        public List<string> Command { get; set; } = [];

        public List<string> Entrypoint { get; set; } = [];

        public Dictionary<string, string> Environment { get; set; } = [];

        public List<string> Ports { get; set; } = [];

        public List<string> Expose { get; set; } = [];

        public Dictionary<string, ServiceDependency> DependsOn { get; set; } = [];

        public List<Volume> Volumes { get; set; } = [];

        public List<string> Networks { get; set; } = [];

        public string? Restart { get; set; }

        public string? StopGracePeriod { get; set; }

        public Dictionary<string, Ulimit> Ulimits { get; set; } = [];
    }

    public sealed class ServiceDependency
    {
        public string? Condition { get; set; }
    }
}

namespace Aspire.Hosting.Docker.Resources.ServiceNodes
{
    public sealed class Ulimit
    {
        public int? Soft { get; set; }

        public int? Hard { get; set; }
    }

    public sealed class Volume : ComposeNodes.NamedComposeMember
    {
        public string? Type { get; set; }

        public string? Source { get; set; }

        public string? Target { get; set; }

        public bool? ReadOnly { get; set; }
    }
}
