namespace LiveComments.LocalHostTests;

/// <summary>The real AppHost, started through the testing builder; shared by the tests that only look at it.</summary>
public class RunningApplication : IAsyncLifetime
{
    private IDistributedApplicationTestingBuilder? _builder;

    public DistributedApplication App { get; private set; } = null!;

    /// <summary>Tests have none unless they are about it.</summary>
    protected virtual bool HasDashboard => false;

    public async Task InitializeAsync()
    {
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.LiveComments_AppHost>(["--ephemeral", "--fanout-nodes", "1"], (options, _) => options.DisableDashboard = !HasDashboard);
        App = await _builder.BuildAsync();
        await App.StartAsync();
        await Eventually.WithinAsync("the gateway is healthy", App.ResourceNotifications.WaitForResourceHealthyAsync("gateway"), TimeSpan.FromSeconds(90));
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await _builder!.DisposeAsync();
    }

    /// <summary>The process that runs a resource.</summary>
    public int ProcessOf(string resource)
    {
        Assert.True(App.ResourceNotifications.TryGetCurrentState(resource, out var now));
        return int.Parse((string)now.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value!, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The environment that the process really got.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string resource) =>
        File.ReadAllText($"/proc/{ProcessOf(resource)}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('=', 2)).ToDictionary(entry => entry[0], entry => entry[1]);
}

/// <summary>The same, with its dashboard.</summary>
public sealed class WatchedApplication : RunningApplication
{
    protected override bool HasDashboard => true;
}
