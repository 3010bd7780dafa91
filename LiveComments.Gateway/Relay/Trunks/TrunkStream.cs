using System.Net.Sockets;
using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Gateway.Relay.Trunks;

/// <summary>One viewer whose bytes come over a trunk, from where its stream's beginning has ended.</summary>
sealed class TrunkStream(TrunkLine line, uint number, Socket to) : Passage(line.Thread, to)
{
    private byte[] _kept = [];
    private int _keptBytes;

    public TrunkLine Line => line;

    public uint Number => number;

    /// <summary>What the node may still send. It goes by the same count.</summary>
    public int Credit { get; set; }

    /// <summary>What the viewer's socket took since the node was given credit the last time.</summary>
    public int Taken { get; set; }

    /// <summary>An end of the body may stand behind what came last.</summary>
    public bool IsWhole { get; set; } = true;

    /// <summary>How it ends as soon as the viewer has taken everything.</summary>
    public RelayEnd? Ending { get; set; }

    /// <summary>For later, since the viewer is blocked. What comes by credit is never more than <see cref="TrunkProtocol.Window"/>.</summary>
    public void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept.Length < _keptBytes + bytes.Length)
            Array.Resize(ref _kept, Math.Max(_keptBytes + bytes.Length, _kept.Length * 2));
        bytes.CopyTo(_kept.AsSpan(_keptBytes));
        _keptBytes += bytes.Length;
    }

    public ReadOnlyMemory<byte> TakeKept()
    {
        var kept = _kept.AsMemory(0, _keptBytes);
        (_kept, _keptBytes) = ([], 0);
        return kept;
    }
}
