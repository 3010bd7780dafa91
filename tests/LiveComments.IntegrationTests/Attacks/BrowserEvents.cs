using System.Text;

namespace LiveComments.IntegrationTests.Attacks;

/// <summary>Server-sent events as a browser reads them, to the letter of the HTML standard: a line ends with CR LF, LF or CR alone.</summary>
static class BrowserEvents
{
    public static async IAsyncEnumerable<(string Type, string Data, string? Id)> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        var (type, data, id) = ("message", new StringBuilder(), (string?)null);
        // Which takes each of the three for a line's end.
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0)
                    yield return (type, data.ToString(0, data.Length - 1), id);
                (type, data) = ("message", new StringBuilder());
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            if (value.StartsWith(' '))
                value = value[1..];
            switch (field)
            {
                case "event":
                    type = value;
                    break;
                case "data":
                    data.Append(value).Append('\n');
                    break;
                case "id":
                    id = value;
                    break;
            }
        }
    }
}
