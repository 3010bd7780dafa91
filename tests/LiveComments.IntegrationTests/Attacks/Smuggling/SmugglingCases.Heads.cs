namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <content>Lines of a head that are none, or more than one.</content>
static partial class SmugglingCases
{
    private static SmugglingCase[] Heads(string target)
    {
        var get = $"GET {target} HTTP/1.1\r\nHost: g\r\n";
        return
        [
            new("a folded header", $"{get}X: y\r\n z\r\n\r\n"),
            new("a folded first header", $"GET {target} HTTP/1.1\r\n Host: g\r\n\r\n"),
            new("a space before a colon", $"{get}X : y\r\n\r\n"),
            new("a header without a colon", $"{get}X\r\n\r\n"),
            new("a header without a name", $"{get}: y\r\n\r\n"),
            new("a name with a space", $"{get}X Y: z\r\n\r\n"),
            new("a name with NUL", $"{get}X\u0000: z\r\n\r\n"),
            new("a name with a bracket", $"{get}X[]: z\r\n\r\n"),
            new("a name beyond ASCII", $"{get}X\u00e9: z\r\n\r\n"),
            new("a value with NUL", $"{get}X: y\u0000z\r\n\r\n"),
            new("a value with a bare carriage return", $"{get}X: y\rz\r\n\r\n"),
            new("a value with a bare line feed and a header", $"{get}X: y\nAuthorization: z\r\n\r\n"),
            new("a value with a bell", $"{get}X: y\u0007z\r\n\r\n"),
            new("a value with escape and delete", $"{get}X: y\u001bz\u007f\r\n\r\n"),
            new("bare line feeds only", $"GET {target} HTTP/1.1\nHost: g\n\n"),
            new("bare carriage returns only", $"GET {target} HTTP/1.1\rHost: g\r\r"),
            new("a bare carriage return in the request line", $"GET {target}\rX HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("empty lines before the request", $"\r\n\r\n{get}\r\n", $"GET {target} 0"),
            new("a space before the request", $" {get}\r\n"),
            new("two hosts", $"{get}Host: other\r\n\r\n"),
            new("the same host twice", $"{get}Host: g\r\n\r\n"),
            new("no host", $"GET {target} HTTP/1.1\r\n\r\n"),
            new("an empty host", $"GET {target} HTTP/1.1\r\nHost: \r\n\r\n", $"GET {target} 0"),
            new("a host with user information", $"GET {target} HTTP/1.1\r\nHost: a@g\r\n\r\n"),
            new("a host with a path", $"GET {target} HTTP/1.1\r\nHost: g/api\r\n\r\n"),
            new("hosts with a comma", $"GET {target} HTTP/1.1\r\nHost: g, other\r\n\r\n"),
        ];
    }
}
