using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

public static partial class StreamConnection
{
    /// <summary>Two loops that move bytes between a stream and a pair of pipes.</summary>
    private sealed class StreamPipe : IMeasuredDuplexPipe
    {
        private readonly Stream _stream;
        private readonly Pipe? _receiving, _sending;
        private readonly string _name;
        private long _totalBytesSent, _totalBytesReceived;

        public StreamPipe(Stream stream, PipeOptions? send, PipeOptions? receive, string? name)
        {
            _stream = stream;
            _name = string.IsNullOrWhiteSpace(name) ? nameof(StreamConnection) : name.Trim();
            if (receive is not null)
            {
                if (!stream.CanRead)
                    throw new InvalidOperationException("The stream can't be read.");
                _receiving = new Pipe(receive);
                receive.WriterScheduler.Schedule(static self => _ = ((StreamPipe)self!).ReceiveAsync(), this);
            }

            if (send is not null)
            {
                if (!stream.CanWrite)
                    throw new InvalidOperationException("The stream can't be written.");
                _sending = new Pipe(send);
                send.ReaderScheduler.Schedule(static self => _ = ((StreamPipe)self!).SendAsync(), this);
            }
        }

        public PipeReader Input => _receiving?.Reader ?? throw new InvalidOperationException("This pipe is for writing only.");

        public PipeWriter Output => _sending?.Writer ?? throw new InvalidOperationException("This pipe is for reading only.");

        public long TotalBytesSent => Interlocked.Read(ref _totalBytesSent);

        public long TotalBytesReceived => Interlocked.Read(ref _totalBytesReceived);

        public override string ToString() => _name;

        private async Task ReceiveAsync()
        {
            var writer = _receiving!.Writer;
            Exception? error = null;
            try
            {
                while (true)
                {
                    var received = await _stream.ReadAsync(writer.GetMemory()).ConfigureAwait(false);
                    if (received <= 0)
                        break;
                    writer.Advance(received);
                    Interlocked.Add(ref _totalBytesReceived, received);
                    var flushed = await writer.FlushAsync().ConfigureAwait(false);
                    if (flushed.IsCompleted || flushed.IsCanceled)
                        break;
                }
            }
            catch (Exception exception)
            {
                error = exception;
            }

            await writer.CompleteAsync(error).ConfigureAwait(false);
        }

        private async Task SendAsync()
        {
            var reader = _sending!.Reader;
            Exception? error = null;
            try
            {
                while (true)
                {
                    if (!reader.TryRead(out var read))
                    {
                        // Nothing more to write for now: a buffering stream must not sit on what it has.
                        await _stream.FlushAsync().ConfigureAwait(false);
                        read = await reader.ReadAsync().ConfigureAwait(false);
                    }

                    foreach (var piece in read.Buffer)
                        await _stream.WriteAsync(piece).ConfigureAwait(false);
                    Interlocked.Add(ref _totalBytesSent, read.Buffer.Length);
                    reader.AdvanceTo(read.Buffer.End);
                    if (read.IsCanceled || read.IsCompleted)
                    {
                        await _stream.FlushAsync().ConfigureAwait(false);
                        break;
                    }
                }
            }
            catch (Exception exception)
            {
                error = exception;
            }

            await reader.CompleteAsync(error).ConfigureAwait(false);
        }
    }
}
