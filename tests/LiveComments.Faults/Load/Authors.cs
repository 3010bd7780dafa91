using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Faults.Oracle;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Load;

/// <summary>Authors who post through the Gateway at a stated rate, whatever fails, and try again with the same key until they have an answer.</summary>
/// <remarks>
/// 1. A post falls due, and an author who is free takes it. The oracle writes the attempt down before anything is sent.
/// 2. It is sent. What says nothing (no answer, 502, 503, 504) is tried again as the page does: after 1 to 4 s, then 1 to 8 s, and
///    not sooner than the answer says. The page stops after three and asks its author, who says "try again" within 1 to 2 s.
/// 3. An acceptance counts when the oracle has it on disk.
/// 4. One in a hundred is sent again later, with its key: whatever happened since, it must be the same comment.
/// </remarks>
sealed class Authors : IAsyncDisposable
{
    // As the page waits for an answer.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MinRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan[] MaxRetries = [TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(2)];
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    // What a person waits who is told "in a moment"; while the log is away nobody may be told more.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(3);

    private const int RepeatedOneIn = 100;

    private readonly ConcurrentBag<Author> _free = [];
    private readonly ConcurrentDictionary<Task, bool> _underWay = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly HttpClient _client;
    private readonly OracleClient _oracle;
    private readonly TimeProvider _clock;
    private readonly string _run;
    private readonly IReadOnlyList<string> _streams;
    private readonly int _rate;
    private readonly ulong[] _acknowledged;
    private readonly Lock _lock = new();
    private Task _posting = Task.CompletedTask;
    private int _posts;

    public Authors(Uri gateway, IReadOnlyList<string> streams, LoadPlan plan, string run, OracleClient oracle, TimeProvider clock)
    {
        (_streams, _rate, _run, _oracle, _clock) = (streams, plan.Rate, run, oracle, clock);
        _acknowledged = new ulong[streams.Count];
        _client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout }) { BaseAddress = gateway, Timeout = AnswerTimeout };
        for (var author = 0; author < plan.Authors; author++)
            _free.Add(new Author(new AuthenticationHeaderValue("Bearer", Tokens.Of(string.Create(CultureInfo.InvariantCulture, $"author-{author}"), clock))));
    }

    public PostFigures Figures { get; } = new();

    /// <summary>Comments that fall due a second.</summary>
    public int Rate => _rate;

    /// <summary>Per stream: the highest cursor that was acknowledged, without its epoch.</summary>
    public ulong AcknowledgedOn(int stream) => Volatile.Read(ref _acknowledged[stream]);

    /// <summary>The epoch of the newest acknowledgement.</summary>
    public int Epoch { get; private set; } = 1;

    public void Start() => _posting = PostAsync();

    /// <summary>Nothing new falls due any more; returns when every post that was begun has its answer.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        await _stop.CancelAsync();
        await _posting;
        await Eventually.UntilAsync("every post has its answer", () => _underWay.IsEmpty, patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _giveUp.CancelAsync();
        await _posting;
        await Task.WhenAll(_underWay.Keys);
        _client.Dispose();
        _stop.Dispose();
        _giveUp.Dispose();
    }

    private async Task PostAsync()
    {
        using var beat = new PeriodicTimer(Beat, _clock);
        var started = _clock.GetTimestamp();
        var due = 0L;
        try
        {
            while (await beat.WaitForNextTickAsync(_stop.Token))
            {
                for (var until = (long)(_clock.GetElapsedTime(started).TotalSeconds * _rate); due < until; due++)
                {
                    if (_free.TryTake(out var author))
                        Begin(author, (int)(due % _streams.Count));
                    else
                        Figures.NotOffer();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private void Begin(Author author, int stream)
    {
        var post = Interlocked.Increment(ref _posts);
        // It is in the list before it can have left it.
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = Task.Run(async () =>
        {
            await begin.Task;
            await PostAsync(author, post, stream);
        });
        _underWay[task] = true;
        _ = task.ContinueWith(ended => _underWay.TryRemove(ended, out _), TaskScheduler.Default);
        begin.SetResult();
    }

    private async Task PostAsync(Author author, int post, int stream)
    {
        try
        {
            // 1.
            var at = Now();
            await _oracle.WriteAsync(JournalLine.Attempt(at, post, stream));
            var key = Journal.KeyOf(_run, post, at);
            Figures.Attempt();
            var sent = _clock.GetTimestamp();
            // 2.
            if (await UntilAcceptedAsync(author, post, stream, key) is not { } comment)
                return;
            // 3.
            await _oracle.WriteAsync(JournalLine.Acknowledged(Now(), post, comment.Id, comment.Cursor));
            Figures.Acknowledge(_clock.GetElapsedTime(sent), _clock.GetTimestamp());
            Note(stream, comment.Cursor);
            // 4.
            if (author.Repeat is { } repeat)
            {
                author.Repeat = null;
                if (await UntilAcceptedAsync(author, repeat.Post, repeat.Stream, repeat.Key) is { } again)
                    await _oracle.WriteAsync(JournalLine.Repeated(Now(), repeat.Post, again.Id, again.Cursor));
            }
            else if (post % RepeatedOneIn == 0)
            {
                author.Repeat = (post, stream, key);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && _giveUp.IsCancellationRequested)
        {
            // The run is over.
        }
        finally
        {
            _free.Add(author);
        }
    }

    /// <summary>Null when it was refused for good, which is told as wrong.</summary>
    private async Task<(long Id, Cursor Cursor)?> UntilAcceptedAsync(Author author, int post, int stream, string key)
    {
        for (var attempt = 0; ; attempt++)
        {
            var retryAfter = TimeSpan.Zero;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/streams/{_streams[stream]}/comments")
                {
                    Content = JsonContent.Create(new PostComment(Journal.TextOf(_run, post)), ContractsJson.Default.PostComment),
                };
                request.Headers.Authorization = author.Token;
                request.Headers.Add("Idempotency-Key", key);
                using var answer = await _client.SendAsync(request, _giveUp.Token);
                if (answer.StatusCode == HttpStatusCode.Created)
                    return await ReadAsync(answer);
                retryAfter = answer.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
                if (!await IsRefusedForNowAsync(answer, retryAfter))
                    return null;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException || (exception is OperationCanceledException && !_giveUp.IsCancellationRequested))
            {
                Figures.Refuse(exception is HttpRequestException { HttpRequestError: var error } ? $"no answer: {error}" : "no answer in time");
            }

            var own = MinRetry + (Random.Shared.NextDouble() * (MaxRetries[attempt % MaxRetries.Length] - MinRetry));
            await Task.Delay(own > retryAfter ? own : retryAfter, _clock, _giveUp.Token);
        }
    }

    private async Task<bool> IsRefusedForNowAsync(HttpResponseMessage answer, TimeSpan retryAfter)
    {
        var status = (int)answer.StatusCode;
        var body = await answer.Content.ReadAsStringAsync(_giveUp.Token);
        Figures.Refuse(status.ToString(CultureInfo.InvariantCulture));
        if (status is not (502 or 503 or 504))
        {
            Figures.Wrong.TryAdd($"a post was answered {status}", body);
            return false;
        }

        if (status == 503 && (retryAfter <= TimeSpan.Zero || retryAfter > LongestRetryAfter))
            Figures.Wrong.TryAdd($"a 503 says Retry-After: {retryAfter.TotalSeconds:0} s", body);
        if (!body.Contains("\"code\"", StringComparison.Ordinal))
            Figures.Wrong.TryAdd($"a {status} has no problem document", body);
        return true;
    }

    private static async Task<(long Id, Cursor Cursor)> ReadAsync(HttpResponseMessage answer)
    {
        var comment = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment);
        return Cursor.TryParse(comment!.Cursor, out var cursor) ? (long.Parse(comment.Id, CultureInfo.InvariantCulture), cursor) : throw new JsonException("An acceptance without a cursor.");
    }

    private void Note(int stream, Cursor cursor)
    {
        lock (_lock)
        {
            if (cursor.Epoch > Epoch)
            {
                Epoch = cursor.Epoch;
                Array.Clear(_acknowledged);
            }

            if (cursor.Epoch == Epoch && cursor.Sequence > _acknowledged[stream])
                Volatile.Write(ref _acknowledged[stream], cursor.Sequence);
        }
    }

    private long Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed class Author(AuthenticationHeaderValue token)
    {
        public AuthenticationHeaderValue Token => token;

        /// <summary>What is sent once more after the next post.</summary>
        public (int Post, int Stream, string Key)? Repeat { get; set; }
    }
}
