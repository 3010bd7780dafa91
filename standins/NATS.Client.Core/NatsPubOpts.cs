namespace NATS.Client.Core;

/// <summary>Options of a publish; JetStream derives its own from it.</summary>
public record NatsPubOpts
{
}
