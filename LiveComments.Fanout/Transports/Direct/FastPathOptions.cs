using System.ComponentModel.DataAnnotations;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>Which ways to the viewers are used. Section <c>Fanout</c>.</summary>
sealed class FastPathOptions
{
    public const string Section = "Fanout";

    /// <summary>Frames go straight to the sockets of plain HTTP/1.1 connections; else through the web server's pipes, as they do under TLS and HTTP/2.</summary>
    public bool DirectWrites { get; init; } = true;

    /// <summary>
    /// Such connections are taken from the web server once their head is sent, so that an idle viewer costs a fraction of
    /// the memory. Needs <see cref="DirectWrites"/>.
    /// </summary>
    public bool DetachedConnections { get; init; } = true;

    /// <summary>Connections at once, viewers and others; null: what the process's file limit leaves. Counts with <see cref="DetachedConnections"/>.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxConnections { get; init; }
}
