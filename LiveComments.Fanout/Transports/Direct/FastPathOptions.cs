namespace LiveComments.Fanout.Transports.Direct;

/// <summary>Which ways to the viewers are used. Section <c>Fanout</c>.</summary>
sealed class FastPathOptions
{
    public const string Section = "Fanout";

    /// <summary>Frames go straight to the sockets of plain HTTP/1.1 connections; else through the web server's pipes, as they do under TLS and HTTP/2.</summary>
    public bool DirectWrites { get; init; } = true;
}
