namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>HTTP/1.1 chunks (RFC 9112, 7.1): <c>13b CR LF</c>, so many bytes, <c>CR LF</c>. A piece is a chunk.</summary>
sealed class ChunkedBody : Body
{
    // 0 while a size is read; then so many bytes of text are left, and two more for CR LF.
    private int _left;
    private int _size;
    private bool _inSize = true;

    /// <summary>The last chunk has come: the server ended the answer as it should.</summary>
    public bool Ended { get; private set; }

    public override void Feed(ReadOnlySpan<byte> bytes, Viewer viewer, long now)
    {
        while (!bytes.IsEmpty && !Ended)
        {
            if (_inSize)
            {
                bytes = ReadSize(bytes);
                continue;
            }

            if (_left > 2)
            {
                var text = Math.Min(_left - 2, bytes.Length);
                viewer.OnText(bytes[..text], now);
                bytes = bytes[text..];
                _left -= text;
                if (_left == 2)
                    viewer.OnPieceEnd();
            }

            var end = Math.Min(_left, bytes.Length);
            if (_left > 2)
                continue;
            bytes = bytes[end..];
            _left -= end;
            _inSize = _left == 0;
        }
    }

    private ReadOnlySpan<byte> ReadSize(ReadOnlySpan<byte> bytes)
    {
        var read = 0;
        foreach (var character in bytes)
        {
            read++;
            if (character == '\n')
            {
                Ended = _size == 0;
                _left = _size + 2;
                (_size, _inSize) = (0, false);
                break;
            }

            if (char.IsAsciiHexDigit((char)character))
                _size = (_size << 4) | (character <= '9' ? character - '0' : (character | 0x20) - 'a' + 10);
            else if (character != '\r')
                throw new InvalidDataException($"A chunk's size has the character {character} in it.");
        }

        return bytes[read..];
    }
}
