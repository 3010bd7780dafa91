using System.Buffers;
using System.Globalization;

namespace LiveComments.Faults.Oracle;

/// <summary>
/// The oracle itself, a process of its own: copies its input to the journal, and says how many lines are on disk. What it
/// has not said counts as not written, so whoever posts waits for it.
/// </summary>
static class OracleProcess
{
    /// <summary>As which command this program is the oracle.</summary>
    public const string Verb = "oracle";

    // What came in while the disk was busy goes down together.
    private const int MaxGroup = 1024 * 1024;

    public static async Task<int> RunAsync(string journal)
    {
        await using var input = Console.OpenStandardInput();
        await using var output = Console.OpenStandardOutput();
        await using var file = new FileStream(journal, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 });
        var buffer = new byte[MaxGroup];
        var lines = 0L;
        while (await input.ReadAsync(buffer) is var count and > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, count));
            // fsync: the file's own size and bytes are on the disk when this returns.
            file.Flush(flushToDisk: true);
            lines += buffer.AsSpan(0, count).Count((byte)'\n');
            await output.WriteAsync(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{lines}\n")));
            await output.FlushAsync();
        }

        return 0;
    }
}
