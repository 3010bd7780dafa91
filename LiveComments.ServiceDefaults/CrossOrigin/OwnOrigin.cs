using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace LiveComments.ServiceDefaults.CrossOrigin;

/// <summary>Whether a request was made by a page of this very origin, as its browser says: scheme, host and port.</summary>
public static class OwnOrigin
{
    // What the browser's address bar says, when a gateway is in between. A page can't set it, whatever its script does.
    private const string ForwardedHost = "X-Forwarded-Host";

    // https://www.w3.org/TR/fetch-metadata; told to https and loopback addresses only.
    private const string FetchSite = "Sec-Fetch-Site";
    private const string SameOrigin = "same-origin";
    private const string ByHand = "none";

    private const string Http = "http://";
    private const string Https = "https://";

    // A user, a path, or a name that is not in ASCII is never a part of what a browser says.
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");

    /// <summary>False when a page of another origin asks, or one of which nobody can tell.</summary>
    public static bool IsNotForeign(HttpRequest request) =>
        (request.Headers.Origin.Count == 0 || (request.Headers.Origin is [{ } origin] && Is(origin, request)))
        && (request.Headers[FetchSite].Count == 0 || request.Headers[FetchSite] is [SameOrigin or ByHand]);

    /// <summary>Whether that origin is the one that the request went to.</summary>
    /// <remarks>
    /// A page that came by https to where TLS ends before us, by a proxy that we don't believe, is our own. A page that came
    /// without TLS is not where the request came with it: whoever is in between may have written that page.
    /// </remarks>
    public static bool Is(string origin, HttpRequest request)
    {
        var isSecure = origin.StartsWith(Https, StringComparison.OrdinalIgnoreCase);
        if ((!isSecure && !origin.StartsWith(Http, StringComparison.OrdinalIgnoreCase)) || (request.IsHttps && !isSecure))
            return false;
        // Its text, not what could be made of it: a browser has done that before.
        var authority = origin[(isSecure ? Https : Http).Length..];
        if (authority.AsSpan().ContainsAnyExcept(HostCharacters) || !Uri.TryCreate(origin, UriKind.Absolute, out var page))
            return false;
        // As they were sent: what the framework makes of a Host is another spelling of a name that is not in ASCII.
        var asked = request.Headers[ForwardedHost] is [{ Length: > 0 }, ..] forwarded ? forwarded : request.Headers.Host;
        return asked is [{ } one] && new HostString(one) is var host
            && string.Equals(new HostString(authority).Host, host.Host, StringComparison.OrdinalIgnoreCase) && page.Port == (host.Port ?? DefaultPort(page));
    }

    // A browser leaves it out of both, Origin and Host.
    private static int DefaultPort(Uri page) => page.Scheme == Uri.UriSchemeHttps ? 443 : 80;
}
