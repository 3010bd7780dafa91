using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

public partial class NatsJSContext
{
    /// <summary>Asks the server nothing yet: the consumer is made, and made again, while it is read.</summary>
    public ValueTask<INatsJSConsumer> CreateOrderedConsumerAsync(string stream, NatsJSOrderedConsumerOpts? opts = default, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        return new ValueTask<INatsJSConsumer>(new NatsJSOrderedConsumer(stream, this, opts ?? NatsJSOrderedConsumerOpts.Default, cancellationToken));
    }

    public ValueTask<INatsJSConsumer> CreateOrUpdateConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken = default) =>
        PutConsumerAsync(stream, config, ConsumerCreateAction.CreateOrUpdate, cancellationToken);

    public ValueTask<INatsJSConsumer> CreateConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken = default) =>
        PutConsumerAsync(stream, config, ConsumerCreateAction.Create, cancellationToken);

    public ValueTask<INatsJSConsumer> UpdateConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken = default) =>
        PutConsumerAsync(stream, config, ConsumerCreateAction.Update, cancellationToken);

    public async ValueTask<INatsJSConsumer> GetConsumerAsync(string stream, string consumer, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        return new NatsJSConsumer(this, await GetConsumerInfoAsync(stream, consumer, cancellationToken).ConfigureAwait(false));
    }

    public IAsyncEnumerable<INatsJSConsumer> ListConsumersAsync(string stream, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        return ListAsync<INatsJSConsumer>(
            async (offset, token) =>
            {
                var page = await JSRequestResponseAsync<ConsumerListRequest, ConsumerListResponse>(
                    $"{Opts.Prefix}.CONSUMER.LIST.{stream}", new ConsumerListRequest { Offset = offset }, token).ConfigureAwait(false);
                return [.. page.Consumers.Select(info => new NatsJSConsumer(this, info))];
            },
            cancellationToken);
    }

    public IAsyncEnumerable<string> ListConsumerNamesAsync(string stream, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        return ListAsync<string>(
            async (offset, token) =>
            {
                var page = await JSRequestResponseAsync<ConsumerNamesRequest, ConsumerNamesResponse>(
                    $"{Opts.Prefix}.CONSUMER.NAMES.{stream}", new ConsumerNamesRequest { Offset = offset }, token).ConfigureAwait(false);
                return [.. page.Consumers ?? []];
            },
            cancellationToken);
    }

    public async ValueTask<bool> DeleteConsumerAsync(string stream, string consumer, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        var response = await JSRequestResponseAsync<object, ConsumerDeleteResponse>($"{Opts.Prefix}.CONSUMER.DELETE.{stream}.{consumer}", request: null, cancellationToken).ConfigureAwait(false);
        return response.Success;
    }

    internal ValueTask<ConsumerInfo> GetConsumerInfoAsync(string stream, string consumer, CancellationToken cancellationToken) =>
        JSRequestResponseAsync<object, ConsumerInfo>($"{Opts.Prefix}.CONSUMER.INFO.{stream}.{consumer}", request: null, cancellationToken);

    /// <summary>A consumer in memory that acknowledges nothing, from behind <paramref name="lastSequence"/> on.</summary>
    internal ValueTask<ConsumerInfo> CreateForOrderedAsync(string stream, NatsJSOrderedConsumerOpts opts, ulong lastSequence, CancellationToken cancellationToken)
    {
        var config = new ConsumerConfig
        {
            DeliverPolicy = opts.DeliverPolicy,
            OptStartSeq = opts.OptStartSeq,
            OptStartTime = opts.OptStartTime,
            AckPolicy = ConsumerConfigAckPolicy.None,
            ReplayPolicy = opts.ReplayPolicy,
            InactiveThreshold = opts.InactiveThreshold,
            HeadersOnly = opts.HeadersOnly,
            NumReplicas = 1,
            MemStorage = true,
        };
        // Servers before 2.10 know one filter only.
        if (opts.FilterSubjects is [var only])
            config.FilterSubject = only;
        else if (opts.FilterSubjects.Length > 0)
            config.FilterSubjects = opts.FilterSubjects;
        if (lastSequence > 0)
            (config.DeliverPolicy, config.OptStartSeq, config.OptStartTime) = (ConsumerConfigDeliverPolicy.ByStartSequence, lastSequence + 1, default);
        var subject = $"{Opts.Prefix}.CONSUMER.CREATE.{stream}.{Nuid.NewNuid()}";
        if (config.FilterSubject is not null)
            subject += "." + config.FilterSubject;
        return JSRequestResponseAsync<ConsumerCreateRequest, ConsumerInfo>(
            subject, new ConsumerCreateRequest { StreamName = stream, Config = config, Action = ConsumerCreateAction.Create }, cancellationToken);
    }

    private async ValueTask<INatsJSConsumer> PutConsumerAsync(string stream, ConsumerConfig config, ConsumerCreateAction action, CancellationToken cancellationToken)
    {
        CheckStreamName(stream);
        var subject = $"{Opts.Prefix}.CONSUMER.CREATE.{stream}";
        var name = string.IsNullOrWhiteSpace(config.Name) ? config.DurableName : config.Name;
        if (!string.IsNullOrWhiteSpace(name))
        {
            CheckConsumerName(name);
            subject += "." + name;
            if (!string.IsNullOrWhiteSpace(config.FilterSubject))
                subject += "." + config.FilterSubject;
        }

        var info = await JSRequestResponseAsync<ConsumerCreateRequest, ConsumerInfo>(
            subject, new ConsumerCreateRequest { StreamName = stream, Config = config, Action = action }, cancellationToken).ConfigureAwait(false);
        return new NatsJSConsumer(this, info);
    }
}
