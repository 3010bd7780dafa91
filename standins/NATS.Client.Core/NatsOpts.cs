using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

public enum NatsRequestReplyMode
{
    SharedInbox,
    Direct,
}

/// <summary>The settings of a connection; immutable.</summary>
public sealed record NatsOpts
{
    public static readonly NatsOpts Default = new() { AuthOpts = NatsAuthOpts.Default };

    private readonly NatsRequestReplyMode _requestReplyMode = NatsRequestReplyMode.Direct;

    /// <summary>One address, or several separated by commas; credentials may stand before the host.</summary>
    public string Url { get; init; } = "nats://localhost:4222";

    public string Name { get; init; } = "NATS .NET Client";

    public bool Echo { get; init; } = true;

    public bool Verbose { get; init; }

    public bool Headers { get; init; } = true;

    public NatsAuthOpts AuthOpts { get; init; } = new();

    public INatsSerializerRegistry SerializerRegistry { get; init; } = NatsDefaultSerializerRegistry.Default;

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Bytes that may wait for the socket; a publish beyond it waits for room.</summary>
    public int WriterBufferSize { get; init; } = 65536;

    /// <summary>Bytes asked of the socket at once; grows for a message that is larger.</summary>
    public int ReaderBufferSize { get; init; } = 65536;

    /// <summary>The largest message taken from a server, whatever it announces.</summary>
    public int MaxPayloadHardCap { get; init; } = 64 * 1024 * 1024;

    public string InboxPrefix { get; init; } = "_INBOX";

    public bool NoRandomize { get; init; }

    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMinutes(2);

    public int MaxPingOut { get; init; } = 2;

    public TimeSpan ReconnectWaitMin { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan ReconnectJitter { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public Encoding HeaderEncoding { get; init; } = Encoding.ASCII;

    public Encoding SubjectEncoding { get; init; } = Encoding.UTF8;

    public bool DrainSubscriptionsOnDispose { get; init; }

    public TimeSpan DrainPingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Attempts before the connection is given up; -1 never gives up.</summary>
    public int MaxReconnectRetry { get; init; } = -1;

    public TimeSpan ReconnectWaitMax { get; init; } = TimeSpan.FromSeconds(5);

    public bool IgnoreAuthErrorAbort { get; init; }

    public int SubPendingChannelCapacity { get; init; } = 16384;

    public BoundedChannelFullMode SubPendingChannelFullMode { get; init; } = BoundedChannelFullMode.DropNewest;

    public NatsRequestReplyMode RequestReplyMode
    {
        get => _requestReplyMode;
        init
        {
            _requestReplyMode = value;
            DirectSetIntentionally = value == NatsRequestReplyMode.Direct;
        }
    }

    public bool RetryOnInitialConnect { get; init; }

    public bool PublishTimeoutOnDisconnected { get; init; }

    public bool SuppressSlowConsumerWarnings { get; init; }

    /// <summary>Direct that was asked for answers "no responders" as a message; the default throws.</summary>
    internal bool DirectSetIntentionally { get; private init; }

    internal ServerUrl[] ServerUrls()
    {
        ServerUrl[] urls = [.. Url.Split(',').Select(url => ServerUrl.Parse(url, isSeed: true)).Distinct()];
        if (!NoRandomize)
            Random.Shared.Shuffle(urls);
        return urls;
    }

    /// <summary>Credentials of the first address, unless <see cref="AuthOpts"/> names some.</summary>
    internal NatsOpts WithCredentialsFromUrl()
    {
        if (!string.IsNullOrEmpty(AuthOpts.Username) || !string.IsNullOrEmpty(AuthOpts.Password) || !string.IsNullOrEmpty(AuthOpts.Token))
            return this;
        var userInfo = ServerUrl.Parse(Url.Split(',')[0], isSeed: true).UserInfo;
        if (userInfo.Length == 0)
            return this;
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon < userInfo.Length - 1
            ? this with { AuthOpts = AuthOpts with { Username = Uri.UnescapeDataString(userInfo[..colon]), Password = Uri.UnescapeDataString(userInfo[(colon + 1)..]) } }
            : this with { AuthOpts = AuthOpts with { Token = Uri.UnescapeDataString(userInfo.TrimEnd(':')) } };
    }
}
