using System.Text.Json;
using LiveComments.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace LiveComments.ServiceDefaults.ServiceLevels;

/// <summary>Tells whoever asks what this process knows of how a stream is served.</summary>
public sealed partial class LevelsResponder(StreamLevels levels, INatsConnection nats, TimeProvider clock, ILogger<LevelsResponder> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // Who asked waits no longer than a moment.
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var message in nats.SubscribeAsync<byte[]>(LevelsSubjects.Question, cancellationToken: stoppingToken))
                    await AnswerAsync(message, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException)
            {
                Interrupted(exception.Message);
            }

            await Task.Delay(RetryPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AnswerAsync(NatsMsg<byte[]> message, CancellationToken stoppingToken)
    {
        if (message.ReplyTo is null || Read(message) is not { StreamId: { } streamId } || levels.Of(streamId) is not { } known)
            return;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        timeout.CancelAfter(PublishTimeout);
        await nats.PublishAsync(message.ReplyTo, JsonSerializer.SerializeToUtf8Bytes(known, LevelsJson.Default.NodeLevels), cancellationToken: timeout.Token);
    }

    private LevelsQuestion? Read(NatsMsg<byte[]> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Data ?? [], LevelsJson.Default.LevelsQuestion);
        }
        catch (JsonException exception)
        {
            NotUnderstood(exception.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Answering how streams are served was interrupted and goes on: {Reason}")]
    private partial void Interrupted(string reason);

    [LoggerMessage(LogLevel.Warning, "A question how a stream is served was not understood: {Reason}")]
    private partial void NotUnderstood(string reason);
}

/// <summary>For services that serve streams, or hear how they are served.</summary>
public static class ServiceLevelsSetup
{
    public static TBuilder AddServiceLevels<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddSingleton<StreamLevels>();
        builder.Services.AddHostedService<LevelsResponder>();
        return builder;
    }
}
