using System.Net;
using LiveComments.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace LiveComments.ConformanceTests.Http;

public sealed class StandardResilienceTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Defaults_are_those_of_the_standard_pipeline()
    {
        var options = new HttpStandardResilienceOptions();

        Assert.Equal(1000, options.RateLimiter.DefaultRateLimiterOptions.PermitLimit);
        Assert.Equal(0, options.RateLimiter.DefaultRateLimiterOptions.QueueLimit);
        Assert.Equal(TimeSpan.FromSeconds(30), options.TotalRequestTimeout.Timeout);
        Assert.Equal(3, options.Retry.MaxRetryAttempts);
        Assert.Equal(DelayBackoffType.Exponential, options.Retry.BackoffType);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Retry.Delay);
        Assert.True(options.Retry.UseJitter);
        Assert.True(options.Retry.ShouldRetryAfterHeader);
        Assert.Equal(0.1, options.CircuitBreaker.FailureRatio);
        Assert.Equal(100, options.CircuitBreaker.MinimumThroughput);
        Assert.Equal(TimeSpan.FromSeconds(30), options.CircuitBreaker.SamplingDuration);
        Assert.Equal(TimeSpan.FromSeconds(5), options.CircuitBreaker.BreakDuration);
        Assert.Equal(TimeSpan.FromSeconds(10), options.AttemptTimeout.Timeout);
        Assert.Equal(
            new string?[] { "Standard-RateLimiter", "Standard-TotalRequestTimeout", "Standard-Retry", "Standard-CircuitBreaker", "Standard-AttemptTimeout" },
            new string?[] { options.RateLimiter.Name, options.TotalRequestTimeout.Name, options.Retry.Name, options.CircuitBreaker.Name, options.AttemptTimeout.Name });
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(408)]
    [InlineData(429)]
    public async Task Transient_status_is_retried(int status)
    {
        await using var server = await LoopbackServer.StartAsync((context, request) => Answer(context, request < 3 ? status : 200));
        await using var services = Client(server, options => Immediately(options.Retry));

        using var response = await services.Http().GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, server.Requests);
    }

    [Fact]
    public async Task Bad_request_is_not_retried()
    {
        await using var server = await LoopbackServer.StartAsync((context, _) => Answer(context, 400));
        await using var services = Client(server, options => Immediately(options.Retry));

        using var response = await services.Http().GetAsync("/");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task After_the_last_retry_the_last_response_is_the_answer()
    {
        await using var server = await LoopbackServer.StartAsync((context, _) => Answer(context, 503));
        await using var services = Client(server, options => Immediately(options.Retry));

        using var response = await services.Http().GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(4, server.Requests);
    }

    [Fact]
    public async Task Refused_connection_is_retried()
    {
        var retries = 0;
        var server = await LoopbackServer.StartAsync((context, _) => Answer(context, 200));
        await using var services = Client(server, options =>
        {
            Immediately(options.Retry);
            options.Retry.OnRetry = _ => { retries++; return default; };
        });
        await server.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => services.Http().GetAsync("/"));

        Assert.Equal(3, retries);
    }

    [Fact]
    public async Task Retry_waits_as_long_as_Retry_After_says()
    {
        await using var server = await LoopbackServer.StartAsync((context, request) =>
        {
            context.Response.Headers.RetryAfter = "7";
            return Answer(context, request < 2 ? 503 : 200);
        });
        await using var services = Client(server);

        var sending = services.Http().GetAsync("/");
        await Eventually.UntilAsync("the retry waits for 7 s", () => _clock.IsAwaited(TimeSpan.FromSeconds(7)));
        Assert.Equal(1, server.Requests);
        _clock.Advance(TimeSpan.FromSeconds(7));

        using var response = await Eventually.WithinAsync("the retry was sent", sending);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Body_and_headers_are_sent_again_with_each_attempt()
    {
        var keys = new List<string?>();
        await using var server = await LoopbackServer.StartAsync((context, request) =>
        {
            keys.Add(context.Request.Headers["Idempotency-Key"]);
            return Answer(context, request < 3 ? 503 : 200);
        });
        await using var services = Client(server, options => Immediately(options.Retry));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent("hello") };
        request.Headers.Add("Idempotency-Key", "k1");
        using var response = await services.Http().SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["hello", "hello", "hello"], server.Bodies);
        Assert.Equal(["k1", "k1", "k1"], keys);
    }

    [Fact]
    public async Task Unsafe_methods_are_not_retried_once_disabled()
    {
        await using var server = await LoopbackServer.StartAsync((context, _) => Answer(context, 503));
        await using var services = Client(server, options =>
        {
            Immediately(options.Retry);
            options.Retry.DisableForUnsafeHttpMethods();
        });

        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            var before = server.Requests;
            using var request = new HttpRequestMessage(method, "/");
            using var response = await services.Http().SendAsync(request);
            Assert.Equal(1, server.Requests - before);
        }

        var beforeGet = server.Requests;
        using var get = await services.Http().GetAsync("/");
        Assert.Equal(4, server.Requests - beforeGet);
    }

    [Fact]
    public async Task Unsafe_method_is_not_retried_when_there_was_no_response_at_all()
    {
        var retries = 0;
        var server = await LoopbackServer.StartAsync((context, _) => Answer(context, 200));
        await using var services = Client(server, options =>
        {
            Immediately(options.Retry);
            options.Retry.OnRetry = _ => { retries++; return default; };
            options.Retry.DisableFor(HttpMethod.Post);
        });
        await server.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => services.Http().PostAsync("/", new StringContent("x")));

        Assert.Equal(0, retries);
    }

    [Fact]
    public async Task Circuit_opens_on_failures_and_closes_again_after_a_success()
    {
        var healthy = false;
        await using var server = await LoopbackServer.StartAsync((context, _) => Answer(context, healthy ? 200 : 503));
        var states = new List<string>();
        await using var services = Client(server, options =>
        {
            options.Retry.ShouldHandle = _ => ValueTask.FromResult(false);
            options.CircuitBreaker.MinimumThroughput = 2;
            options.CircuitBreaker.FailureRatio = 0.5;
            options.CircuitBreaker.OnOpened = _ => { states.Add("opened"); return default; };
            options.CircuitBreaker.OnHalfOpened = _ => { states.Add("half-opened"); return default; };
            options.CircuitBreaker.OnClosed = _ => { states.Add("closed"); return default; };
        });
        var http = services.Http();

        using (await http.GetAsync("/"))
        using (await http.GetAsync("/"))
        {
        }

        await Assert.ThrowsAsync<BrokenCircuitException>(() => http.GetAsync("/"));
        Assert.Equal(2, server.Requests);

        healthy = true;
        await Assert.ThrowsAsync<BrokenCircuitException>(() => http.GetAsync("/"));
        _clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await http.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["opened", "half-opened", "closed"], states);
    }

    [Fact]
    public async Task Attempt_that_times_out_is_retried_and_the_total_time_out_ends_them_all()
    {
        await using var server = await LoopbackServer.StartAsync(
            (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var services = Client(server, options =>
        {
            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(15);
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(10);
            options.Retry.BackoffType = DelayBackoffType.Constant;
            options.Retry.UseJitter = false;
            options.Retry.Delay = TimeSpan.FromSeconds(1);
        });

        var sending = services.Http().GetAsync("/");
        await Eventually.UntilAsync("the first attempt", () => server.Requests == 1);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await Eventually.UntilAsync("the retry waits", () => _clock.IsAwaited(TimeSpan.FromSeconds(1)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.UntilAsync("the second attempt", () => server.Requests == 2);
        Assert.False(sending.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(4));

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => Eventually.WithinAsync("the total time-out", sending));
    }

    [Fact]
    public async Task Cancelling_the_call_ends_it_without_a_retry()
    {
        await using var server = await LoopbackServer.StartAsync(
            (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var services = Client(server);
        using var cancelling = new CancellationTokenSource();

        var sending = services.Http().GetAsync("/", cancelling.Token);
        await Eventually.UntilAsync("the request", () => server.Requests == 1);
        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.WithinAsync("the cancellation", sending));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Request_above_the_concurrency_limit_is_turned_away()
    {
        var release = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync((_, _) => release.Task);
        await using var services = Client(server, options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1);
        var http = services.Http();

        var first = http.GetAsync("/");
        await Eventually.UntilAsync("the first request", () => server.Requests == 1);
        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => http.GetAsync("/"));

        release.SetResult();
        using (await Eventually.WithinAsync("the first answer", first))
        using (await http.GetAsync("/"))
            Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task Client_defaults_give_every_client_the_pipeline()
    {
        await using var server = await LoopbackServer.StartAsync((context, request) => Answer(context, request < 2 ? 503 : 200));
        await using var services = new ServiceCollection()
            .ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler(options => Immediately(options.Retry)))
            .AddHttpClient("any", client => client.BaseAddress = server.Address).Services
            .BuildServiceProvider();

        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("any");
        using var response = await client.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Timeout.InfiniteTimeSpan, client.Timeout);
    }

    [Fact]
    public async Task A_client_can_take_out_the_pipeline_of_the_defaults()
    {
        await using var server = await LoopbackServer.StartAsync((context, _) => Answer(context, 503));
        await using var services = new ServiceCollection()
            .ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler(options => Immediately(options.Retry)))
            .AddHttpClient("any", client => client.BaseAddress = server.Address).RemoveAllResilienceHandlers().Services
            .BuildServiceProvider();

        using var response = await services.Http().GetAsync("/");

        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Impossible_options_fail_at_start_up()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddHttpClient("any").AddStandardResilienceHandler(options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(40);
            options.Retry.MaxRetryAttempts = -1;
        });
        using var host = builder.Build();

        // Both time-out rules are broken by the first line, the range of Polly's own option by the second.
        var exception = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.True(exception.Failures.Count() >= 3, exception.Message);
    }

    [Fact]
    public async Task Options_come_from_configuration_and_a_change_builds_the_pipeline_anew()
    {
        await using var server = await LoopbackServer.StartAsync((context, _) => Answer(context, 503));
        var configuration = new ConfigurationManager
        {
            ["Resilience:Retry:MaxRetryAttempts"] = "1",
            ["Resilience:Retry:Delay"] = "00:00:00",
        };
        var builder = new ServiceCollection();
        builder.AddHttpClient("any", client => client.BaseAddress = server.Address)
            .AddStandardResilienceHandler(configuration.GetSection("Resilience"));
        await using var services = builder.BuildServiceProvider();

        using (await services.Http("any").GetAsync("/"))
            Assert.Equal(2, server.Requests);

        configuration["Resilience:Retry:MaxRetryAttempts"] = "2";
        ((IConfigurationRoot)configuration).Reload();
        using (await services.Http("any").GetAsync("/"))
            Assert.Equal(5, server.Requests);
    }

    [Fact]
    public void Unknown_key_in_the_configuration_is_an_error()
    {
        var configuration = new ConfigurationManager { ["Resilience:Retry:MaxRetries"] = "1" };
        var builder = new ServiceCollection();
        builder.AddHttpClient("any").AddStandardResilienceHandler(configuration.GetSection("Resilience"));
        using var services = builder.BuildServiceProvider();

        Assert.Throws<InvalidOperationException>(
            () => services.GetRequiredService<IOptionsMonitor<HttpStandardResilienceOptions>>().Get("any-standard"));
    }

    [Fact]
    public async Task Pipelines_by_authority_have_circuits_of_their_own()
    {
        await using var sick = await LoopbackServer.StartAsync((context, _) => Answer(context, 503));
        await using var well = await LoopbackServer.StartAsync((context, _) => Answer(context, 200));
        var builder = new ServiceCollection();
        builder.AddHttpClient("any").AddStandardResilienceHandler(options =>
        {
            options.Retry.ShouldHandle = _ => ValueTask.FromResult(false);
            options.CircuitBreaker.MinimumThroughput = 2;
        }).SelectPipelineByAuthority();
        await using var services = builder.BuildServiceProvider();
        var http = services.Http("any");

        using (await http.GetAsync(sick.Address))
        using (await http.GetAsync(sick.Address))
        {
        }

        await Assert.ThrowsAsync<BrokenCircuitException>(() => http.GetAsync(sick.Address));
        using var response = await http.GetAsync(well.Address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Own_pipeline_uses_Pollys_strategies()
    {
        await using var server = await LoopbackServer.StartAsync((context, request) => Answer(context, request < 2 ? 418 : 200));
        var builder = new ServiceCollection();
        builder.AddHttpClient("any", client => client.BaseAddress = server.Address).AddResilienceHandler("tea", (pipeline, context) =>
        {
            Assert.Equal("any-tea", context.BuilderName);
            pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                Delay = TimeSpan.Zero,
                ShouldHandle = arguments => ValueTask.FromResult((int?)arguments.Outcome.Result?.StatusCode == 418),
            });
        });
        await using var services = builder.BuildServiceProvider();

        using var response = await services.Http("any").GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static void Immediately(HttpRetryStrategyOptions retry)
    {
        retry.Delay = TimeSpan.Zero;
        retry.UseJitter = false;
    }

    private ServiceProvider Client(LoopbackServer server, Action<HttpStandardResilienceOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddHttpClient("any", client => client.BaseAddress = server.Address)
            .AddStandardResilienceHandler(configure ?? (_ => { }));
        return services.BuildServiceProvider();
    }
}

internal static class ClientOfTests
{
    public static HttpClient Http(this ServiceProvider services, string name = "any") =>
        services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
}
