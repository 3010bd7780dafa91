using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>Polls for as long as nothing comes.</summary>
sealed class PollClient : LiveClient
{
    private readonly HttpClient _http;
    private readonly string _streamId;
    private readonly Queue<JsonElement> _messages = new();

    public PollClient(Uri node, string streamId, string? cursor, string? token)
    {
        _http = new HttpClient { BaseAddress = node };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        (_streamId, Cursor) = (streamId, cursor);
    }

    public override async Task<LiveMessage> NextAsync(string what)
    {
        JsonElement message;
        while (!_messages.TryDequeue(out message))
        {
            foreach (var one in (await Eventually.WithinAsync(what, PollAsync(wait: 5))).Messages)
                _messages.Enqueue(one);
        }

        return new LiveMessage(message.GetProperty("type").GetString()!, message.GetProperty("payload"));
    }

    /// <summary>One question and its answer.</summary>
    public async Task<PollAnswer> PollAsync(int wait)
    {
        var address = $"/live/streams/{_streamId}/events?wait={wait}{(Cursor is null ? "" : $"&cursor={Cursor}")}";
        var answer = await _http.GetFromJsonAsync(address, ContractsJson.Default.PollAnswer);
        Cursor = answer!.Cursor;
        return answer;
    }

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
