using System.Diagnostics;
using System.Globalization;
using LiveComments.Machine;

namespace LiveComments.TestSupport;

/// <summary>A real nats-server with JetStream. Its configuration is written before each start from <see cref="Configuration"/>.</summary>
public sealed class NatsServer : ServerProcess
{
    /// <summary>Extra lines of server configuration, such as an <c>authorization</c> block.</summary>
    public string Configuration { get; set; } = "";

    public string Url => $"nats://127.0.0.1:{Port}";

    private protected override ServerProgram Program => ServerProgram.Nats;

    private protected override async Task PrepareAsync(string program) =>
        await File.WriteAllTextAsync(ConfigurationFile, string.Create(CultureInfo.InvariantCulture, $$"""
            listen: "127.0.0.1:{{Port}}"
            jetstream { store_dir: "{{DataFolder}}" }
            {{Configuration}}
            """));

    private protected override ProcessStartInfo StartInfo(string program) => new(program, ["-c", ConfigurationFile]);

    // The server greets with INFO before any login; JetStream is ready by then.
    private protected override Task<bool> AnswersAsync() => TalkAsync(async stream =>
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        return (await reader.ReadLineAsync())?.StartsWith("INFO ", StringComparison.Ordinal) == true;
    });

    /// <summary>Keeps a copy of what JetStream has on disk now. The server must not run.</summary>
    public void CopyStore() => Copy(new DirectoryInfo(Store), Backup);

    /// <summary>Puts the copy in the place of what JetStream has on disk, as a restored backup would. The server must not run.</summary>
    public void RestoreStore()
    {
        LoseStore();
        Copy(new DirectoryInfo(Backup), Store);
    }

    /// <summary>JetStream has nothing any more. The server must not run.</summary>
    public void LoseStore() => Directory.Delete(Store, recursive: true);

    /// <summary>As a power cut does: so many bytes at the end of the newest block of the log are gone. The server must not run.</summary>
    public void CutTail(long bytes)
    {
        using var block = OpenNewestBlock();
        block.SetLength(block.Length - bytes);
    }

    /// <summary>As a bad disk does. The server must not run.</summary>
    /// <param name="back">How many bytes before the end of the newest block of the log.</param>
    /// <param name="bit">0 to 7.</param>
    public void FlipBit(long back, int bit)
    {
        using var block = OpenNewestBlock();
        Flip(block, block.Length - back, bit);
    }

    /// <summary>Bytes of the newest block of the log.</summary>
    public long NewestBlockBytes
    {
        get
        {
            using var block = OpenNewestBlock();
            return block.Length;
        }
    }

    /// <summary>Whether the note beside the newest block is as new as the block.</summary>
    public bool HasNotedItsEnd => Blocks.MaxBy(file => file.LastWriteTimeUtc) is { } block && new FileInfo(Path.ChangeExtension(block.FullName, ".idx")) is { Exists: true } note && note.LastWriteTimeUtc > block.LastWriteTimeUtc;

    private FileStream OpenNewestBlock() => Blocks.MaxBy(file => file.LastWriteTimeUtc)!.Open(FileMode.Open, FileAccess.ReadWrite);

    private IEnumerable<FileInfo> Blocks =>
        new DirectoryInfo(Store).EnumerateFiles("*.blk", SearchOption.AllDirectories).Where(file => file.DirectoryName!.Contains("LOG_", StringComparison.Ordinal));

    private static void Flip(FileStream block, long at, int bit)
    {
        block.Position = at;
        var value = block.ReadByte();
        block.Position--;
        block.WriteByte((byte)(value ^ (1 << bit)));
    }

    private string Store => Path.Combine(DataFolder, "jetstream");

    private string Backup => Path.Combine(DataFolder, "backup");

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.GetFiles())
            file.CopyTo(Path.Combine(to, file.Name));
        foreach (var folder in from.GetDirectories())
            Copy(folder, Path.Combine(to, folder.Name));
    }

    private string ConfigurationFile => Path.Combine(DataFolder, "nats.conf");
}
