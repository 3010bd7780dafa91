using System.Buffers;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// Takes the place of an answer's body, and keeps it until all of it has come: while the client has got nothing, another process may still be asked.
/// Who answers in chunks sends the last one by itself, after its work is done; so a process that dies may have said everything but that it was everything.
/// </summary>
sealed class HeldAnswer(HttpResponse response) : Stream
{
    /// <summary>An answer that is longer is passed on as it comes: a page of history has some 30 KB, what is exported or listed whole has no bound.</summary>
    public const int Most = 64 * 1024;

    private const int Least = 2 * 1024;

    private readonly Stream _client = response.Body;
    private byte[] _held = [];
    private int _length;
    private bool _passes;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What is written to the answer from now on comes here.</summary>
    public static HeldAnswer Begin(HttpResponse response)
    {
        var held = new HeldAnswer(response);
        response.Body = held;
        return held;
    }

    /// <summary>Nothing of it was any good.</summary>
    public void Forget() => _length = 0;

    /// <summary>The client gets what is held, in one piece with its head. What is written from now on goes to the client itself.</summary>
    public async Task SendAsync()
    {
        response.Body = _client;
        if (_length == 0)
            return;
        if (!response.HasStarted)
            response.ContentLength ??= _length;
        // A client that has gone ends it, and quietly.
        await _client.WriteAsync(_held.AsMemory(0, _length), CancellationToken.None);
        _length = 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_passes && _length + buffer.Length <= Most)
        {
            Keep(buffer.Span);
            return;
        }

        _passes = true;
        if (_length > 0)
            await _client.WriteAsync(_held.AsMemory(0, _length), cancellationToken);
        _length = 0;
        await _client.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => _passes ? _client.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (ReferenceEquals(response.Body, this))
            response.Body = _client;
        if (_held.Length > 0)
            ArrayPool<byte>.Shared.Return(_held);
        (_held, _length) = ([], 0);
        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _held.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Clamp(2 * (_length + bytes.Length), Least, Most));
            _held.AsSpan(0, _length).CopyTo(larger);
            if (_held.Length > 0)
                ArrayPool<byte>.Shared.Return(_held);
            _held = larger;
        }

        bytes.CopyTo(_held.AsSpan(_length));
        _length += bytes.Length;
    }
}
