using System.Globalization;
using System.Text;

namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <summary>HTTP/1.1 from a stream, to the letter.</summary>
sealed class StrictReader(Stream stream)
{
    private const int MostHead = 64 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>Request line and headers, with the line ends; null at the end of the stream.</summary>
    public async Task<string?> HeadAsync()
    {
        var head = new StringBuilder();
        while (head.Length < MostHead)
        {
            if (await LineAsync() is not { } line)
                return head.Length == 0 ? null : throw new EndOfStreamException();
            if (line.Length == 0)
                return head.ToString();
            head.Append(line).Append("\r\n");
        }

        throw new FormatException("A head without end.");
    }

    public async Task<long> SkipAsync(long bytes)
    {
        for (var left = bytes; left > 0;)
        {
            if (_start == _end && !await FillAsync())
                throw new EndOfStreamException();
            var taken = (int)Math.Min(left, _end - _start);
            (_start, left) = (_start + taken, left - taken);
        }

        return bytes;
    }

    /// <summary>A body in chunks, with neither extensions nor trailers: how many bytes it has.</summary>
    public async Task<long> ChunksAsync()
    {
        var total = 0L;
        while (true)
        {
            var size = await LineAsync() ?? throw new EndOfStreamException();
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bytes) || bytes < 0)
                throw new FormatException($"No size of a chunk: {size}");
            total += await SkipAsync(bytes);
            if ((await LineAsync() ?? throw new EndOfStreamException()).Length > 0)
                throw new FormatException("More than the chunk's size.");
            if (bytes == 0)
                return total;
        }
    }

    private async Task<string?> LineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            while (_start < _end)
            {
                var character = (char)_buffer[_start++];
                if (character == '\n')
                    return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : throw new FormatException($"A bare line feed behind: {line}");
                if (line.Length > 0 && line[^1] == '\r')
                    throw new FormatException($"A bare carriage return behind: {line}");
                line.Append(character);
            }

            if (!await FillAsync())
                return line.Length == 0 ? null : throw new EndOfStreamException();
        }
    }

    private async Task<bool> FillAsync()
    {
        (_start, _end) = (0, await stream.ReadAsync(_buffer));
        return _end > 0;
    }
}
