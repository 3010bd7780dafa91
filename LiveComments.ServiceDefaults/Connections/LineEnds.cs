namespace LiveComments.ServiceDefaults.Connections;

/// <summary>
/// A line of a request's head ends with CR LF. A server may take a bare LF for the same (RFC 9112 §2.2), and Kestrel does; but a proxy in front that
/// doesn't would see another head than we do, and what it takes for a part of one header could frame the next request.
/// </summary>
static class LineEnds
{
    // Kestrel's own switch, which it reads when it meets its first line. There is no option for it.
    private const string NoBareLineFeeds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    public static void BeStrict() => AppContext.SetSwitch(NoBareLineFeeds, true);
}
