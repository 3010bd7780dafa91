using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;

namespace LiveComments.ConformanceTests.Http;

public sealed class ServiceDiscoveryTests
{
    private readonly ConfigurationManager _configuration = new();

    [Theory]
    [InlineData("http://api/hello")]
    [InlineData("https+http://api/hello")]
    public async Task Request_by_the_services_name_reaches_its_endpoint(string uri)
    {
        await using var server = await LoopbackServer.StartAsync((context, _) => context.Response.WriteAsync(context.Request.Path));
        _configuration["services:api:http:0"] = server.Address.ToString();
        await using var services = Services();

        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        using var response = await services.Http("any").SendAsync(request);

        Assert.Equal("/hello", await response.Content.ReadAsStringAsync());
        Assert.Equal(new Uri(uri), request.RequestUri);
    }

    [Fact]
    public async Task Several_endpoints_take_turns()
    {
        await using var first = await LoopbackServer.StartAsync((_, _) => Task.CompletedTask);
        await using var second = await LoopbackServer.StartAsync((_, _) => Task.CompletedTask);
        _configuration["services:api:http:0"] = first.Address.ToString();
        _configuration["services:api:http:1"] = second.Address.ToString();
        await using var services = Services();
        var http = services.Http("any");

        for (var i = 0; i < 6; i++)
        {
            using var response = await http.GetAsync("http://api/");
        }

        Assert.Equal((3, 3), (first.Requests, second.Requests));
    }

    [Fact]
    public async Task Endpoints_are_found_by_name()
    {
        await using var ordinary = await LoopbackServer.StartAsync((_, _) => Task.CompletedTask);
        await using var admin = await LoopbackServer.StartAsync((_, _) => Task.CompletedTask);
        _configuration["services:api:http:0"] = ordinary.Address.ToString();
        _configuration["services:api:admin:0"] = admin.Address.ToString();
        await using var services = Services();

        using var response = await services.Http("any").GetAsync("http://_admin.api/");

        Assert.Equal((0, 1), (ordinary.Requests, admin.Requests));
    }

    [Fact]
    public async Task Unknown_name_is_taken_for_a_host()
    {
        await using var server = await LoopbackServer.StartAsync((_, _) => Task.CompletedTask);
        await using var services = Services();
        var http = services.Http("any");

        using var response = await http.GetAsync(server.Address);
        Assert.Equal(1, server.Requests);

        var source = await Resolve(services, "https+http://nobody:81");
        Assert.Equal(["nobody:81"], source.Endpoints.Select(endpoint => endpoint.ToString()));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("http://nobody.invalid/"));
    }

    [Fact]
    public async Task Https_is_preferred_where_both_are_welcome_and_known()
    {
        _configuration["services:api:https:0"] = "https://localhost:1";
        _configuration["services:api:http:0"] = "http://localhost:2";
        await using var services = Services();

        Assert.Equal(["https://localhost:1/"], await Names(services, "https+http://api"));
        Assert.Equal(["http://localhost:2/"], await Names(services, "http://api"));
        Assert.Equal(["http://localhost:2/"], await Names(services, "http+https://api"));
    }

    [Fact]
    public async Task Schemes_that_are_not_allowed_are_not_used()
    {
        _configuration["services:api:default:0"] = "http://localhost:2";
        _configuration["services:api:default:1"] = "https://localhost:1";
        await using var services = Services(options =>
        {
            options.AllowAllSchemes = false;
            options.AllowedSchemes = ["https"];
        });

        Assert.Equal(["https://localhost:1/"], await Names(services, "http+https://api"));
        Assert.Equal(["https://localhost:1/"], await Names(services, "api"));
    }

    [Fact]
    public async Task Default_section_and_a_single_value_are_understood()
    {
        _configuration["services:api:default"] = "localhost:5";
        await using var services = Services();

        Assert.Equal(["localhost:5"], await Names(services, "http://api"));
        Assert.Equal(["localhost:5"], await Names(services, "api"));
    }

    [Fact]
    public async Task A_change_of_the_configuration_is_seen_by_the_next_request()
    {
        _configuration["services:api:http:0"] = "http://localhost:1";
        await using var services = Services();
        var before = await Resolve(services, "http://api");
        Assert.Same(before, await Resolve(services, "http://api"));

        _configuration["services:api:http:0"] = "http://localhost:2";
        ((IConfigurationRoot)_configuration).Reload();

        Assert.True(before.ChangeToken.HasChanged);
        Assert.Equal(["http://localhost:2/"], await Names(services, "http://api"));
    }

    [Fact]
    public async Task Service_that_appears_later_is_found()
    {
        await using var services = Services();
        Assert.Equal(["api"], await Names(services, "api"));

        _configuration["services:api:default:0"] = "http://localhost:1";
        ((IConfigurationRoot)_configuration).Reload();

        Assert.Equal(["http://localhost:1/"], await Names(services, "api"));
    }

    [Fact]
    public async Task Path_of_an_endpoint_comes_before_the_requests()
    {
        await using var server = await LoopbackServer.StartAsync((context, _) => context.Response.WriteAsync(context.Request.Path + context.Request.QueryString));
        _configuration["services:api:http:0"] = new Uri(server.Address, "base").ToString();
        await using var services = Services();

        Assert.Equal("/base/hello?a=1", await services.Http("any").GetStringAsync("http://api/hello?a=1"));
    }

    [Fact]
    public async Task Malformed_endpoint_is_an_error()
    {
        _configuration["services:api:http:first"] = "http://localhost:1";
        await using var services = Services();

        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await Resolve(services, "http://api"));
    }

    [Fact]
    public async Task Without_providers_nothing_is_found()
    {
        await using var services = new ServiceCollection().AddServiceDiscoveryCore().BuildServiceProvider();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Resolve(services, "http://api"));
    }

    [Fact]
    public async Task Retry_goes_to_the_next_endpoint()
    {
        await using var sick = await LoopbackServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var well = await LoopbackServer.StartAsync((_, _) => Task.CompletedTask);
        _configuration["services:api:http:0"] = sick.Address.ToString();
        _configuration["services:api:http:1"] = well.Address.ToString();
        var builder = new ServiceCollection();
        builder.AddSingleton<IConfiguration>(_configuration).AddServiceDiscovery().ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(options => options.Retry.Delay = TimeSpan.Zero);
            http.AddServiceDiscovery();
        });
        await using var services = builder.BuildServiceProvider();

        for (var i = 0; i < 2; i++)
        {
            using var response = await services.Http("any").GetAsync("https+http://api/");
            Assert.True(response.IsSuccessStatusCode);
        }

        Assert.Equal((1, 2), (sick.Requests, well.Requests));
    }

    [Fact]
    public void Names_are_taken_apart()
    {
        Assert.True(ServiceEndpointQuery.TryParse("https+http://_admin.api", out var query));
        Assert.Equal(["https", "http"], query.IncludedSchemes);
        Assert.Equal("admin", query.EndpointName);
        Assert.Equal("api", query.ServiceName);
        Assert.Equal("https+http://_admin.api", query.ToString());

        Assert.True(ServiceEndpointQuery.TryParse("api.internal", out query));
        Assert.Empty(query.IncludedSchemes);
        Assert.Null(query.EndpointName);
        Assert.Equal("api.internal", query.ServiceName);
    }

    private static async Task<IEnumerable<string?>> Names(ServiceProvider services, string name) =>
        (await Resolve(services, name)).Endpoints.Select(endpoint => endpoint.ToString());

    private static ValueTask<ServiceEndpointSource> Resolve(ServiceProvider services, string name) =>
        services.GetRequiredService<ServiceEndpointResolver>().GetEndpointsAsync(name, CancellationToken.None);

    private ServiceProvider Services(Action<ServiceDiscoveryOptions>? configure = null) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(_configuration)
            .AddServiceDiscovery(configure ?? (_ => { }))
            .AddHttpClient("any").AddServiceDiscovery().Services
            .BuildServiceProvider();
}
