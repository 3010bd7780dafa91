using System.Runtime.CompilerServices;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

public partial class NatsJSContext
{
    public async ValueTask<INatsJSStream> CreateStreamAsync(StreamConfig config, CancellationToken cancellationToken = default)
    {
        CheckStreamName(config.Name);
        var info = await JSRequestResponseAsync<StreamConfig, StreamInfo>($"{Opts.Prefix}.STREAM.CREATE.{config.Name}", config, cancellationToken).ConfigureAwait(false);
        return new NatsJSStream(this, info);
    }

    public async ValueTask<INatsJSStream> CreateOrUpdateStreamAsync(StreamConfig config, CancellationToken cancellationToken = default)
    {
        CheckStreamName(config.Name);
        var reply = await RequestAsync<StreamConfig, StreamUpdateResponse>($"{Opts.Prefix}.STREAM.UPDATE.{config.Name}", config, cancellationToken).ConfigureAwait(false);
        return reply.Error is { Code: 404 }
            ? await CreateStreamAsync(config, cancellationToken).ConfigureAwait(false)
            : new NatsJSStream(this, ValueOf(reply));
    }

    public async ValueTask<bool> DeleteStreamAsync(string stream, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        var response = await JSRequestResponseAsync<object, StreamDeleteResponse>($"{Opts.Prefix}.STREAM.DELETE.{stream}", request: null, cancellationToken).ConfigureAwait(false);
        return response.Success;
    }

    public ValueTask<StreamPurgeResponse> PurgeStreamAsync(string stream, StreamPurgeRequest request, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        return JSRequestResponseAsync<StreamPurgeRequest, StreamPurgeResponse>($"{Opts.Prefix}.STREAM.PURGE.{stream}", request, cancellationToken);
    }

    public ValueTask<StreamMsgDeleteResponse> DeleteMessageAsync(string stream, StreamMsgDeleteRequest request, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        return JSRequestResponseAsync<StreamMsgDeleteRequest, StreamMsgDeleteResponse>($"{Opts.Prefix}.STREAM.MSG.DELETE.{stream}", request, cancellationToken);
    }

    public async ValueTask<INatsJSStream> GetStreamAsync(string stream, StreamInfoRequest? request = null, CancellationToken cancellationToken = default)
    {
        CheckStreamName(stream);
        var info = await JSRequestResponseAsync<StreamInfoRequest, StreamInfoResponse>($"{Opts.Prefix}.STREAM.INFO.{stream}", request, cancellationToken).ConfigureAwait(false);
        return new NatsJSStream(this, info);
    }

    public async ValueTask<NatsJSStream> UpdateStreamAsync(StreamConfig request, CancellationToken cancellationToken = default)
    {
        CheckStreamName(request.Name);
        var info = await JSRequestResponseAsync<StreamConfig, StreamUpdateResponse>($"{Opts.Prefix}.STREAM.UPDATE.{request.Name}", request, cancellationToken).ConfigureAwait(false);
        return new NatsJSStream(this, info);
    }

    public IAsyncEnumerable<INatsJSStream> ListStreamsAsync(string? subject = default, CancellationToken cancellationToken = default) =>
        ListAsync<INatsJSStream>(
            async (offset, token) =>
            {
                var request = new StreamListRequest { Subject = subject, Offset = offset };
                var page = await JSRequestResponseAsync<StreamListRequest, StreamListResponse>($"{Opts.Prefix}.STREAM.LIST", request, token).ConfigureAwait(false);
                return [.. page.Streams.Select(info => new NatsJSStream(this, info))];
            },
            cancellationToken);

    public IAsyncEnumerable<string> ListStreamNamesAsync(string? subject = default, CancellationToken cancellationToken = default) =>
        ListAsync<string>(
            async (offset, token) =>
            {
                var request = new StreamNamesRequest { Subject = subject, Offset = offset };
                var page = await JSRequestResponseAsync<StreamNamesRequest, StreamNamesResponse>($"{Opts.Prefix}.STREAM.NAMES", request, token).ConfigureAwait(false);
                return [.. page.Streams ?? []];
            },
            cancellationToken);

    private async IAsyncEnumerable<T> ListAsync<T>(Func<int, CancellationToken, Task<T[]>> getPage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = 0; ;)
        {
            if (Opts.ThrowOnListCancellation)
                cancellationToken.ThrowIfCancellationRequested();
            else if (cancellationToken.IsCancellationRequested)
                yield break;
            var page = await getPage(offset, cancellationToken).ConfigureAwait(false);
            if (page.Length == 0)
                yield break;
            foreach (var item in page)
                yield return item;
            offset += page.Length;
        }
    }
}
