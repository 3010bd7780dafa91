using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>A token that expires while its owner watches ends that on every transport, however the token says when.</summary>
[Collection(AccessCollection.Name)]
public sealed class TokensThatExpire(AccessSystem system)
{
    // What is left of a token when its owner comes: tried in this order, until all are in before it is over.
    private static readonly TimeSpan[] Lifetimes = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60)];

    [Theory]
    [InlineData("")]
    [InlineData(".5")]
    public async Task A_viewer_is_sent_away_by_every_transport_when_the_token_s_time_is_over(string fraction)
    {
        using var ada = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
        var stream = (await RunningSystem.NewStreamAsync(ada)).Id;
        Viewers? all = null;
        for (var attempt = 0; all is null; attempt++)
        {
            // Taken for longer than it says, for the sake of clocks that differ.
            var expiry = ForgedToken.Seconds(Lifetimes[attempt] - Authentication.ClockSkew) + fraction;
            all = await OpenAsync(stream, ForgedToken.Signed(ForgedToken.Payload(("exp", expiry), ("sub", $"\"{Guid.NewGuid():N}\""))));
        }

        await using var viewers = all;
        // Looked at with each event, and each heartbeat: these make it quick.
        var ended = Task.WhenAll(UntilEndAsync(viewers.Events), viewers.ByHeader.UntilClosedAsync(), viewers.ByMessage.UntilClosedAsync());
        await Eventually.UntilAsync("all are sent away", async () =>
        {
            (await RunningSystem.PostAsync(ada, stream, new PostComment("still there?"))).Dispose();
            return ended.IsCompleted;
        }, Lifetimes[^1] + Eventually.DefaultTimeout);
        await ended;
        Assert.Equal(LiveCloseCodes.TokenExpired, viewers.ByHeader.CloseCode);
        Assert.Equal(LiveCloseCodes.TokenExpired, viewers.ByMessage.CloseCode);
        var over = await Eventually.GetAsync("a poll is refused", async () => await Assert.ThrowsAsync<HttpRequestException>(() => viewers.Polls.PollAsync(wait: 0)));
        Assert.Equal(HttpStatusCode.Unauthorized, over.StatusCode);
    }

    [Fact]
    public async Task A_ticket_and_its_session_end_with_the_token_that_asked_for_them()
    {
        using var ada = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
        var stream = (await RunningSystem.NewStreamAsync(ada)).Id;
        var expiry = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(-5);
        using var late = AccessSystem.ClientOf(system.Api, ForgedToken.Signed(ForgedToken.Payload(("exp", $"{expiry.ToUnixTimeSeconds()}"), ("sub", $"\"{Guid.NewGuid():N}\""))));
        using var given = await late.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(stream), ContractsJson.Default.LiveTicketRequest);
        var ticket = (await given.Content.ReadFromJsonAsync(ContractsJson.Default.LiveTicket))!;
        Assert.True(ticket.ExpiresAt <= expiry + Authentication.ClockSkew + TimeSpan.FromSeconds(1), $"{ticket.ExpiresAt} for a token of {expiry}");

        using var viewer = AccessSystem.ClientOf(system.ClosedFanout);
        using var watching = await viewer.GetAsync(new Uri($"/live/streams/{stream}/events?ticket={ticket.Ticket}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, watching.StatusCode);
        var cookie = watching.Headers.GetValues("Set-Cookie").Single();
        var age = cookie.Split("; ").Single(part => part.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase));
        Assert.InRange(int.Parse(age["max-age=".Length..], System.Globalization.CultureInfo.InvariantCulture), 0, (int)Authentication.ClockSkew.TotalSeconds);
    }

    /// <summary>Null when the token was over before all were in.</summary>
    private async Task<Viewers?> OpenAsync(string stream, string token)
    {
        var viewers = new Viewers(
            await SocketClient.OpenAsync(system.Fanout.Address, $"/live/streams/{stream}/ws"), new PollClient(system.ClosedFanout.Address, stream, cursor: null, token));
        try
        {
            await viewers.ByMessage.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(token), ContractsJson.Default.Authenticate);
            viewers.Events = await SseClient.OpenAsync(system.ClosedFanout.Address, stream, cursor: null, token);
            await viewers.Polls.PollAsync(wait: 0);
            viewers.ByHeader = await SocketClient.OpenAsync(system.ClosedFanout.Address, $"/live/streams/{stream}/ws", token);
            return viewers;
        }
        catch (HttpRequestException refused) when (refused.StatusCode == HttpStatusCode.Unauthorized)
        {
            await viewers.DisposeAsync();
            return null;
        }
    }

    private static async Task UntilEndAsync(LiveClient viewer)
    {
        var last = "";
        try
        {
            while (true)
            {
                var message = await viewer.NextAsync("the end");
                last = message.Type == ServerMessageTypes.Error ? message.Payload.GetProperty("code").GetString() : last;
            }
        }
        catch (EndOfStreamException)
        {
            Assert.Equal(ErrorCodes.TokenExpired, last);
        }
    }

    private sealed record Viewers(SocketClient ByMessage, PollClient Polls) : IAsyncDisposable
    {
        public LiveClient Events { get; set; } = null!;

        public SocketClient ByHeader { get; set; } = null!;

        public async ValueTask DisposeAsync()
        {
            foreach (var viewer in new LiveClient?[] { ByMessage, Polls, Events, ByHeader })
            {
                if (viewer is not null)
                    await viewer.DisposeAsync();
            }
        }
    }
}
