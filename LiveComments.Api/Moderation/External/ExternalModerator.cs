using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace LiveComments.Api.Moderation.External;

/// <summary>
/// Asks the external moderator, if there is one. Whatever it does, a post waits for it no longer than the deadline, and gets a verdict.
/// </summary>
sealed partial class ExternalModerator(
    IHttpClientFactory clients, IOptions<ExternalModeratorOptions> options, ExternalMetrics metrics, TimeProvider clock, ILogger<ExternalModerator> logger) : IDisposable
{
    public const string ClientName = nameof(ExternalModerator);

    // Answers that are remembered: some 100 bytes each. Emptied when full.
    private const int MaxRemembered = 20_000;

    // Of what it says for moderators.
    private const int MaxReasonLength = 100;

    private readonly ExternalModeratorOptions _options = options.Value;
    private readonly SemaphoreSlim _places = new(options.Value.MaxConcurrent, options.Value.MaxConcurrent);
    private readonly ConcurrentDictionary<(string StreamId, UInt128 Text), (Verdict Verdict, long At)> _remembered = new();

    /// <summary>False where none is configured: then nobody is asked.</summary>
    public bool IsOn => _options.Url is not null;

    public void Dispose() => _places.Dispose();

    public async Task<Verdict> LookAsync(string streamId, string content, CancellationToken cancellationToken)
    {
        var key = (streamId, HashOf(content));
        if (_remembered.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < _options.RememberFor)
        {
            metrics.Asked(ExternalOutcome.Remembered, TimeSpan.Zero);
            return known.Verdict;
        }

        var began = clock.GetTimestamp();
        var (verdict, outcome) = await AskAsync(streamId, content, cancellationToken);
        metrics.Asked(outcome, clock.GetElapsedTime(began));
        if (verdict is not { } answered)
            return _options.OnFailure == ExternalFailure.Open ? Verdict.Fine : new Verdict(ModerationAction.Hold, ReasonCodes.ExternalUnavailable, outcome);
        if (_options.RememberFor > TimeSpan.Zero)
        {
            if (_remembered.Count >= MaxRemembered)
                _remembered.Clear();
            _remembered[key] = (answered, clock.GetTimestamp());
        }

        return answered;
    }

    private async Task<(Verdict? Verdict, string Outcome)> AskAsync(string streamId, string content, CancellationToken cancellationToken)
    {
        if (!_places.Wait(0, CancellationToken.None))
            return (null, ExternalOutcome.TooMany);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = JsonContent.Create(new ExternalQuestion(streamId, content), ExternalJson.Default.ExternalQuestion) };
            if (_options.Token is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            // Another than the one that was pooled a while ago, perhaps: where it is may have changed.
            using var client = clients.CreateClient(ClientName);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
                return (null, ExternalOutcome.Status);
            var answer = await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(cancellationToken), ExternalJson.Default.ExternalAnswer, cancellationToken);
            return answer is not null && ModerationActionNames.TryParse(answer.Action, out var action)
                ? (action == ModerationAction.Approve ? Verdict.Fine : new Verdict(action, ReasonCodes.External, Printable(answer.Reason)), ExternalOutcome.Answered)
                : (null, ExternalOutcome.Garbage);
        }
        catch (JsonException)
        {
            return (null, ExternalOutcome.Garbage);
        }
        catch (BrokenCircuitException)
        {
            return (null, ExternalOutcome.CircuitOpen);
        }
        catch (TimeoutRejectedException)
        {
            return (null, ExternalOutcome.Timeout);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ExecutionRejectedException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            NoAnswer(exception.Message);
            return (null, ExternalOutcome.Unreachable);
        }
        finally
        {
            _places.Release();
        }
    }

    private static string? Printable(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? null : new string([.. reason.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter)).Take(MaxReasonLength)]);

    private static UInt128 HashOf(string content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(content), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    [LoggerMessage(LogLevel.Debug, "The external moderator can't be asked: {Reason}")]
    private partial void NoAnswer(string reason);
}
