using Microsoft.Extensions.Configuration;

// The picture of the system: what runs, who talks to whom, and what waits for what.
//   --ephemeral        nothing is kept and every port is a free one (tests use this)
//   --fanout-nodes N   how many nodes push comments to viewers (default 2)
//   --http-port N      where the gateway listens (default 8080)

var builder = DistributedApplication.CreateBuilder(args);

var ephemeral = args.Contains("--ephemeral");
var fanoutNodes = builder.Configuration.GetValue("fanout-nodes", 2);
int? httpPort = ephemeral ? null : builder.Configuration.GetValue("http-port", 8080);
var environment = builder.Environment.EnvironmentName;

var postgresPassword = builder.AddParameter("postgres-password", Secret(), secret: true, persist: true);
var redisPassword = builder.AddParameter("redis-password", Secret(), secret: true, persist: true);
var natsPassword = builder.AddParameter("nats-password", Secret(), secret: true, persist: true);
var signingKey = builder.AddParameter("jwt-signing-key", Secret(), secret: true, persist: true);

var postgres = builder.AddPostgres("postgres", password: postgresPassword).WithImageTag("18.3");
var redis = builder.AddRedis("redis", password: redisPassword).WithImageTag("8.6");
var nats = builder.AddNats("nats", password: natsPassword).WithImageTag("2.14").WithJetStream();
var database = postgres.AddDatabase("comments");

if (!ephemeral)
{
    postgres.WithDataVolume();
    redis.WithDataVolume().WithPersistence();
    nats.WithDataVolume();
}

var api = builder.AddProject<Projects.LiveComments_Api>("api", launchProfileName: null)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment)
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
        .WithReference(nats).WaitFor(nats)
        .WithReference(api).WaitFor(api);

    gateway.WithReference(fanout).WaitFor(fanout);
}

builder.Build().Run();

static GenerateParameterDefault Secret() => new() { MinLength = 40, Special = false };
