namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <summary>Bytes for which a careless reader would find a request too many, or another one than is meant.</summary>
/// <param name="Name">What is odd about them.</param>
/// <param name="Request">One character a byte.</param>
/// <param name="Passes">
/// What must come out behind the gateway, as <c>method target bytes-of-body</c>, or the status where the gateway answers by itself and goes on; none: the bytes
/// are refused, and the connection ends.
/// </param>
sealed record SmugglingCase(string Name, string Request, params string[] Passes)
{
    public bool IsRefused => Passes.Length == 0;
}

/// <summary>The attacks on where one request ends and the next begins.</summary>
static partial class SmugglingCases
{
    private const string LastChunk = "0\r\n\r\n";

    /// <param name="target">Of the request that everybody may see.</param>
    /// <param name="smuggled">Of the one that is hidden in it.</param>
    public static IReadOnlyList<SmugglingCase> At(string target, string smuggled) => With(target, smuggled, $"GET {smuggled} HTTP/1.1\r\nHost: g\r\n\r\n");

    /// <param name="target">Of the request that everybody may see.</param>
    /// <param name="smuggled">Of the one that is hidden in it.</param>
    /// <param name="next">All of that one.</param>
    public static IReadOnlyList<SmugglingCase> With(string target, string smuggled, string next) =>
        [.. Lengths(target, smuggled, next), .. Chunks(target, smuggled, next), .. Heads(target), .. Targets(target, smuggled, next), .. Hops(target, smuggled, next)];
}
