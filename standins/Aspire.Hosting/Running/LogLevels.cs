using System.Text.RegularExpressions;

namespace Aspire.Hosting.Running;

internal enum SeenLevel
{
    Debug,
    Info,
    Warning,
    Error,
}

/// <summary>Tells from a line of text how serious it is, by the habits of .NET's console, Postgres, Redis and NATS.</summary>
internal static partial class LogLevels
{
    public static SeenLevel Of(LogEntry entry) =>
        Serious().IsMatch(entry.Text) ? SeenLevel.Error
        : Warning().IsMatch(entry.Text) ? SeenLevel.Warning
        : Debug().IsMatch(entry.Text) ? SeenLevel.Debug
        : SeenLevel.Info;

    // "fail: Category[0]", "2026-... FATAL:  text", "[12] ... [ERR] text", and a runtime's last words.
    [GeneratedRegex(@"^(fail|crit): |\b(ERROR|FATAL|PANIC):  |\[(ERR|FTL)\]|^Unhandled exception")]
    private static partial Regex Serious();

    // "warn: Category[0]", "WARNING:  text", "[WRN]", and Redis's "* # WARNING".
    [GeneratedRegex(@"^warn: |\bWARNING\b|\[WRN\]")]
    private static partial Regex Warning();

    [GeneratedRegex(@"^(dbug|trce): |\[(DBG|TRC)\]")]
    private static partial Regex Debug();
}
