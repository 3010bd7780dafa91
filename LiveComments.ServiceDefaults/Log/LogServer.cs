using NATS.Client.Core;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>
/// Which run of nats-server, and which connection to it, speaks now. Known as soon as a new connection's first line is read, before anything else comes over it; the
/// connection's events tell a moment later, and after a standstill of this process that moment is long enough for a new server's answers to be taken for the old one's.
/// </summary>
/// <param name="Id">Another one after each start of the server; null before the first connection.</param>
/// <param name="ClientId">Another one for each connection.</param>
public readonly record struct LogServer(string? Id, ulong ClientId)
{
    public static LogServer Of(INatsConnection? nats) => nats?.ServerInfo is { } info ? new LogServer(info.Id, info.ClientId) : default;
}
