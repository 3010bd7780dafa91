using System.Text;

namespace LiveComments.Machine;

/// <summary>Reads a process's output line by line; a line without end is cut into pieces instead of filling the memory.</summary>
internal static class LineReader
{
    private const int LongestLine = 16_384;

    public static async Task ReadAsync(TextReader reader, Action<string> line)
    {
        var buffer = new char[4_096];
        var rest = new StringBuilder();
        int count;
        while ((count = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            var chunk = buffer.AsMemory(0, count);
            int end;
            while ((end = chunk.Span.IndexOf('\n')) >= 0)
            {
                rest.Append(chunk[..end]);
                Flush();
                chunk = chunk[(end + 1)..];
            }

            rest.Append(chunk);
            if (rest.Length >= LongestLine)
                Flush();
        }

        if (rest.Length > 0)
            Flush();

        void Flush()
        {
            if (rest.Length > 0 && rest[^1] == '\r')
                rest.Length--;
            line(rest.ToString());
            rest.Clear();
        }
    }
}
