using LiveComments.Machine;

namespace Aspire.Hosting.Running;

/// <summary>The unprivileged user for servers that refuse root: Debian's own for the server if it is there, else nobody.</summary>
internal static class ServerUser
{
    private const string Nobody = "nobody";

    public static string? For(string preferred) => !ServerPrograms.IsRoot ? null : Exists(preferred) ? preferred : Nobody;

    // "nobody" has no group of that name in Debian; a number works everywhere, and setpriv takes both.
    public static string Spec(string user) => Entry(user) is { } entry ? entry.Split(':')[2] : user;

    private static bool Exists(string user) => Entry(user) is not null;

    private static string? Entry(string user) => File.ReadLines("/etc/passwd").FirstOrDefault(line => line.StartsWith(user + ":", StringComparison.Ordinal));
}
