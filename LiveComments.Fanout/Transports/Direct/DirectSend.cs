using System.Runtime.InteropServices;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>
/// Hot path. The system call <c>send</c> and nothing else: <see cref="System.Net.Sockets.Socket"/> touches four objects a
/// viewer on its way there, which costs half a microsecond when there are thousands, and the call itself three.
/// Who uses it holds the descriptor: see <see cref="DirectViewer.HoldDescriptor"/>.
/// </summary>
static partial class DirectSend
{
    // MSG_DONTWAIT | MSG_NOSIGNAL, the same on all of Linux's processors.
    private const int Flags = 0x40 | 0x4000;

    /// <summary>Stands for a socket that is to be written to by its own methods.</summary>
    public const int NoDescriptor = -1;

    public static readonly bool IsSupported = OperatingSystem.IsLinux() && IsThere();

    /// <summary>How many bytes the socket took; negative when it took none for whatever reason, which the socket tells when it is asked again.</summary>
    public static unsafe nint Send(int descriptor, byte* bytes, int length) => send(descriptor, bytes, (nuint)length, Flags);

    private static unsafe bool IsThere()
    {
        try
        {
            return send(NoDescriptor, null, 0, Flags) < 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

#pragma warning disable IDE1006 // The name is libc's.
    [LibraryImport("libc")]
    private static unsafe partial nint send(int descriptor, byte* bytes, nuint length, int flags);
#pragma warning restore IDE1006
}
