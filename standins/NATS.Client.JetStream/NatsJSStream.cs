using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

public class NatsJSStream : INatsJSStream
{
    private readonly NatsJSContext _context;
    private readonly string _name;
    private bool _deleted;

    internal NatsJSStream(NatsJSContext context, StreamInfo info)
    {
        _context = context;
        _name = info.Config.Name ?? throw new NatsJSException("The server described a stream without a name");
        Info = info;
    }

    public StreamInfo Info { get; private set; }

    public async ValueTask<bool> DeleteAsync(CancellationToken cancellationToken = default) =>
        _deleted = await Context().DeleteStreamAsync(_name, cancellationToken).ConfigureAwait(false);

    public ValueTask<StreamPurgeResponse> PurgeAsync(StreamPurgeRequest request, CancellationToken cancellationToken = default) =>
        Context().PurgeStreamAsync(_name, request, cancellationToken);

    public ValueTask<StreamMsgDeleteResponse> DeleteMessageAsync(StreamMsgDeleteRequest request, CancellationToken cancellationToken = default) =>
        Context().DeleteMessageAsync(_name, request, cancellationToken);

    public async ValueTask UpdateAsync(StreamConfig request, CancellationToken cancellationToken = default) =>
        Info = (await Context().UpdateStreamAsync(request, cancellationToken).ConfigureAwait(false)).Info;

    public ValueTask<INatsJSConsumer> CreateOrderedConsumerAsync(NatsJSOrderedConsumerOpts? opts = default, CancellationToken cancellationToken = default) =>
        Context().CreateOrderedConsumerAsync(_name, opts, cancellationToken);

    public ValueTask<INatsJSConsumer> CreateOrUpdateConsumerAsync(ConsumerConfig config, CancellationToken cancellationToken = default) =>
        Context().CreateOrUpdateConsumerAsync(_name, config, cancellationToken);

    public ValueTask<INatsJSConsumer> GetConsumerAsync(string consumer, CancellationToken cancellationToken = default) =>
        Context().GetConsumerAsync(_name, consumer, cancellationToken);

    public IAsyncEnumerable<INatsJSConsumer> ListConsumersAsync(CancellationToken cancellationToken = default) =>
        Context().ListConsumersAsync(_name, cancellationToken);

    public IAsyncEnumerable<string> ListConsumerNamesAsync(CancellationToken cancellationToken = default) =>
        Context().ListConsumerNamesAsync(_name, cancellationToken);

    public ValueTask<bool> DeleteConsumerAsync(string consumer, CancellationToken cancellationToken = default) =>
        Context().DeleteConsumerAsync(_name, consumer, cancellationToken);

    public async ValueTask RefreshAsync(CancellationToken cancellationToken = default) =>
        Info = (await _context.GetStreamAsync(_name, cancellationToken: cancellationToken).ConfigureAwait(false)).Info;

    /// <summary>
    /// From any server that has a copy. A message that isn't there comes as one without data whose headers have the code 404;
    /// a stream that does not allow direct gets doesn't reply (servers 2.9) or has no responders.
    /// </summary>
    public ValueTask<NatsMsg<T>> GetDirectAsync<T>(StreamMsgGetRequest request, INatsDeserialize<T>? serializer = default, CancellationToken cancellationToken = default) =>
        _context.Connection.RequestAsync<StreamMsgGetRequest, T>(
            $"{_context.Opts.Prefix}.DIRECT.GET.{_name}",
            request,
            requestSerializer: NatsJSJsonSerializer<StreamMsgGetRequest>.Default,
            replySerializer: serializer,
            cancellationToken: cancellationToken);

    public ValueTask<StreamMsgGetResponse> GetAsync(StreamMsgGetRequest request, CancellationToken cancellationToken = default) =>
        _context.JSRequestResponseAsync<StreamMsgGetRequest, StreamMsgGetResponse>($"{_context.Opts.Prefix}.STREAM.MSG.GET.{_name}", request, cancellationToken);

    private NatsJSContext Context() => _deleted ? throw new NatsJSException($"Stream '{_name}' is deleted") : _context;
}
