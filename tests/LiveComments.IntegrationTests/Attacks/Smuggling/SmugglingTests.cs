namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <summary>Bytes on a connection to the gateway, and what it makes of them: as many requests as one strict reader would find there, or none.</summary>
public sealed class SmugglingTests(GatewayBeforeABackend system) : IClassFixture<GatewayBeforeABackend>
{
    private const string Target = "/api/streams/a";
    private const string Smuggled = "/api/streams/smuggled";
    private const string Stream = "/live/streams/s/events";
    private const string SmuggledStream = "/live/streams/smuggled/events";

    // Behind everything else, so that the connection ends, and so that it shows where the gateway believes that a request begins.
    private const string Last = "GET /api/last HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n";
    private const string OfLast = "GET /api/last 0";

    private static readonly IReadOnlyList<SmugglingCase> Cases = SmugglingCases.At(Target, Smuggled);
    private static readonly IReadOnlyList<SmugglingCase> StreamCases = SmugglingCases.At(Stream, SmuggledStream);

    public static TheoryData<string> Names => [.. Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Bytes_that_can_be_read_in_two_ways_are_refused_and_all_others_pass_as_the_requests_that_they_are(string name)
    {
        var one = Cases.Single(one => one.Name == name);
        system.Backend.Forget();
        var answers = await RawExchange.SendAsync(system.Address, one.Request + Last, HeadsOf(one));
        if (one.IsRefused)
        {
            Assert.True(Assert.Single(answers).Status is (>= 400 and < 500) or 505, $"answered with {answers[0].Status}");
            Assert.Empty(system.Backend.Seen);
        }
        else
        {
            string[] expected = [.. one.Passes, OfLast];
            Assert.Equal(expected, answers.Select(answer => answer.Of));
            Assert.Equal(expected.Where(request => !int.TryParse(request, out _)), system.Backend.Seen.Select(seen => seen.Echo));
        }

        Assert.Empty(system.Backend.Faults);
        await system.OthersGetTheirOwnAnswersAsync();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_same_before_a_stream_of_events_which_the_gateway_passes_on_by_itself(string name)
    {
        var one = StreamCases.Single(one => one.Name == name);
        system.Backend.Forget();
        var answers = await RawExchange.SendAsync(system.Address, one.Request + Last, HeadsOf(one));
        if (one.IsRefused)
        {
            Assert.True(Assert.Single(answers).Status is (>= 400 and < 500) or 505, $"answered with {answers[0].Status}");
            Assert.Empty(system.Backend.Seen);
        }
        else
        {
            // Viewers send no body, and a stream is the last answer on its connection.
            string[] expected = [.. one.Passes, OfLast];
            var left = answers.Select(answer => answer.Of).Zip(expected, (got, meant) => got == meant || got == "413").ToList();
            Assert.True(left.All(fits => fits) && answers.Count <= expected.Length, $"answered: {string.Join(", ", answers.Select(answer => answer.Of))}");
            Assert.All(system.Backend.Seen, seen => Assert.Contains(seen.Echo, expected));
        }

        Assert.Empty(system.Backend.Faults);
        await system.OthersGetTheirOwnAnswersAsync();
    }

    [Fact]
    public async Task Nobody_can_have_a_header_taken_out_that_services_go_by_and_nothing_of_a_connection_goes_beyond_it()
    {
        system.Backend.Forget();
        const string Request = $"GET {Target} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer x\r\nCookie: a=b\r\nIdempotency-Key: k\r\nTE: trailers\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: z\r\n"
            + "Connection: Authorization, Cookie, Idempotency-Key, X-Forwarded-For, X-Forwarded-Host, Host, traceparent\r\n\r\n";
        await RawExchange.SendAsync(system.Address, Request + Last);
        var head = system.Backend.Seen.First().Head;
        foreach (var kept in new[] { "Authorization: Bearer x", "Cookie: a=b", "Idempotency-Key: k", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: g" })
            Assert.Contains($"\r\n{kept}\r\n", head, StringComparison.Ordinal);
        foreach (var gone in new[] { "Connection", "TE", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization" })
            Assert.DoesNotContain($"\r\n{gone}:", head, StringComparison.OrdinalIgnoreCase);
    }

    private static int[] HeadsOf(SmugglingCase one) => one.Request.StartsWith("HEAD ", StringComparison.Ordinal) ? [0] : [];
}
