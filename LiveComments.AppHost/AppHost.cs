using System.Globalization;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

// The picture of the system: what runs, who talks to whom, and what waits for what.
//   --ephemeral        nothing is kept and every port is a free one (tests use this)
//   --fanout-nodes N   how many nodes push comments to viewers (default 2)
//   --http-port N      where the gateway listens (default 8080)
//   --operation publish --output-path FOLDER
//                      runs nothing, writes the picture down for Docker Compose (docs/operations/deployment.md)

const string Ephemeral = "--ephemeral";

// Of a node with as many viewers as one of two cores serves, and of a gateway before it.
const int OneFileAViewer = 65_536;
const int TwoFilesAViewer = 131_072;

// A switch without a value: .NET's command line would take the next option for its value.
var builder = DistributedApplication.CreateBuilder([.. args.Where(argument => argument != Ephemeral)]);

var faults = new List<string>();
IResourceBuilder<ParameterResource>? trustedNetwork = null;
var ephemeral = args.Contains(Ephemeral);
var fanoutNodes = Option("fanout-nodes", least: 1, most: 64) ?? 2;
var httpPort = Option("http-port", least: 1, most: 65_535) ?? (ephemeral ? null : 8080);
// What is deployed is never in Development, where anybody may be anybody, wherever it was written down.
var environment = builder.ExecutionContext.IsPublishMode ? "Production" : builder.Environment.EnvironmentName;
if (faults.Count > 0)
{
    Console.Error.WriteLine(string.Join('\n', faults));
    return 2;
}

// A place to deploy to; a run knows nothing of it. Telemetry goes where the deployment says.
builder.AddDockerComposeEnvironment("compose").WithDashboard(enabled: false);

var postgresPassword = builder.AddParameter("postgres-password", Secret(), secret: true, persist: !ephemeral);
var redisPassword = builder.AddParameter("redis-password", Secret(), secret: true, persist: !ephemeral);
var natsPassword = builder.AddParameter("nats-password", Secret(), secret: true, persist: !ephemeral);
var signingKey = builder.AddParameter("jwt-signing-key", Secret(), secret: true, persist: !ephemeral);

var postgres = builder.AddPostgres("postgres", password: postgresPassword).WithImageTag("18.3");
var redis = builder.AddRedis("redis", password: redisPassword).WithImageTag("8.6");
var nats = builder.AddNats("nats", password: natsPassword).WithImageTag("2.14").WithJetStream();
var database = postgres.AddDatabase("comments");

if (!ephemeral)
{
    // Redis keeps nothing: what it has is derived, and what it had before a restart is not believed (docs/decisions/0021).
    postgres.WithDataVolume();
    nats.WithDataVolume();
}

if (builder.ExecutionContext.IsPublishMode)
    // Here the database is made when it is needed, there by the image at its first start.
    postgres.WithEnvironment("POSTGRES_DB", database.Resource.DatabaseName);

var api = builder.AddProject<Projects.LiveComments_Api>("api", launchProfileName: null)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment)
    // Bytes, hexadecimal: how much is allocated between two collections, each of which stops all posts (docs/operations/memory.md).
    .WithEnvironment("DOTNET_GCgen0size", "0x10000000")
    .WithEnvironment("Auth__SigningKey", signingKey)
    .WithReference(database).WaitFor(database)
    .WithReference(redis).WaitFor(redis)
    .WithReference(nats).WaitFor(nats);

var gateway = builder.AddProject<Projects.LiveComments_Gateway>("gateway", launchProfileName: null)
    .WithHttpEndpoint(port: httpPort)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment)
    .WithReference(api).WaitFor(api);

// Each node is a resource of its own, not a replica: the gateway chooses the node by stream, so it must be able to name it.
for (var node = 1; node <= fanoutNodes; node++)
{
    var fanout = builder.AddProject<Projects.LiveComments_Fanout>($"fanout-{node}", launchProfileName: null)
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/health")
        .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment)
        .WithEnvironment("Auth__SigningKey", signingKey)
        // For viewers' tickets alone: everybody else is served without Redis, so nothing waits for it.
        .WithReference(redis)
        .WithReference(nats).WaitFor(nats)
        .WithReference(api).WaitFor(api);

    gateway.WithReference(fanout).WaitFor(fanout);
    Deploy(fanout, OneFileAViewer);
}

Deploy(api, files: null);
Deploy(gateway, TwoFilesAViewer);

builder.Build().Run();
return Environment.ExitCode;

int? Option(string name, int least, int most)
{
    if (builder.Configuration[name] is not { } given)
        return null;
    if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        return number;
    faults.Add($"--{name} must be a number from {least} to {most}, not '{given}'.");
    return null;
}

// Stopping takes its time (docs/operations/upgrade.md), and a viewer takes files (docs/operations/fanout-connections.md).
void Deploy(IResourceBuilder<ProjectResource> service, int? files)
{
    if (builder.ExecutionContext.IsPublishMode)
        service.WithEnvironment("Proxies__Trusted__0", TrustedNetwork());
    service.PublishAsDockerComposeService((_, compose) =>
    {
        compose.Restart = "unless-stopped";
        compose.StopGracePeriod = "30s";
        if (files is { } limit)
            compose.Ulimits["nofile"] = new Ulimit { Soft = limit, Hard = limit };
    });
}

// Who may say for whom it speaks: the network that the services share, such as 172.18.0.0/16.
IResourceBuilder<ParameterResource> TrustedNetwork() =>
    trustedNetwork ??= builder.AddParameter("trusted-network").WithDescription("The network that the services share: what comes from it is believed about whom it speaks for.");

static GenerateParameterDefault Secret() => new() { MinLength = 40, Special = false };
