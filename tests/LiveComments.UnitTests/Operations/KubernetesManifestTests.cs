using System.Globalization;
using LiveComments.TestSupport;
using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Operations;

/// <summary>The manifests that docs/operations hands out fit one another, and the services.</summary>
public sealed class KubernetesManifestTests
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "docs", "operations", "kubernetes");

    [Theory]
    [InlineData("api")]
    [InlineData("fanout")]
    [InlineData("gateway")]
    public void Service_is_probed_rightly_stops_in_time_and_finds_its_settings(string name)
    {
        var documents = Read($"{name}.yaml");
        var workload = documents.Single(document => document["kind"] is "Deployment" or "StatefulSet");
        const string Pod = "spec/template/spec";
        var container = $"{Pod}/containers/0";

        Assert.Equal("/health", workload[$"{container}/readinessProbe/httpGet/path"]);
        Assert.Equal("/alive", workload[$"{container}/livenessProbe/httpGet/path"]);
        Assert.Equal("8080", workload[$"{container}/ports/0/containerPort"]);
        Assert.Equal("true", workload[$"{Pod}/securityContext/runAsNonRoot"]);
        // More than the 30 s in which every service ends.
        Assert.True(int.Parse(workload[$"{Pod}/terminationGracePeriodSeconds"], CultureInfo.InvariantCulture) > 30);
        Assert.DoesNotContain($"{container}/resources/limits/cpu", workload.Keys);
        Assert.True(int.Parse(workload["spec/replicas"], CultureInfo.InvariantCulture) >= 2);
        var settings = Read("settings.yaml").Select(document => (document["kind"], document["metadata/name"])).ToList();
        Assert.Contains(("ConfigMap", workload[$"{container}/envFrom/0/configMapRef/name"]), settings);
        if (name != "gateway")
            Assert.Contains(("Secret", workload[$"{container}/envFrom/1/secretRef/name"]), settings);
        var service = documents.Single(document => document["kind"] == "Service");
        Assert.Equal(workload["spec/selector/matchLabels/app"], service["spec/selector/app"]);
        Assert.Equal(workload["spec/selector/matchLabels/app"], workload["spec/template/metadata/labels/app"]);
    }

    [Fact]
    public void Gateway_names_as_many_nodes_as_there_may_be()
    {
        var scaled = Read("autoscaling.yaml").Single(document => document["kind"] == "ScaledObject");
        var most = int.Parse(scaled["spec/maxReplicaCount"], CultureInfo.InvariantCulture);
        var gateway = Read("gateway.yaml").Single(document => document["kind"] == "Deployment");
        var named = gateway.Where(entry => entry.Key.StartsWith("spec/template/spec/containers/0/env/", StringComparison.Ordinal) && entry.Value.StartsWith("http://fanout-", StringComparison.Ordinal)).Select(entry => entry.Value);

        Assert.Equal(Enumerable.Range(0, most).Select(node => $"http://fanout-{node}.fanout:8080"), named);
        Assert.Equal("fanout", scaled["spec/scaleTargetRef/name"]);
        Assert.Equal("sum(livecomments_connections)", scaled["spec/triggers/0/metadata/query"]);
        var nodes = Read("fanout.yaml");
        Assert.Equal("fanout", nodes.Single(document => document["kind"] == "StatefulSet")["spec/serviceName"]);
        Assert.Equal("None", nodes.Single(document => document["kind"] == "Service")["spec/clusterIP"]);
    }

    [Fact]
    public void No_secret_of_anybody_is_in_the_manifests()
    {
        var secret = Read("settings.yaml").Single(document => document["kind"] == "Secret");

        Assert.All(secret.Where(entry => entry.Key.StartsWith("stringData/", StringComparison.Ordinal)), entry => Assert.Matches("PASSWORD|FORTY-LETTERS", entry.Value));
    }

    private static List<IReadOnlyDictionary<string, string>> Read(string file) =>
        [.. File.ReadAllText(Path.Combine(Folder, file)).Split("\n---\n").Select(SimpleYaml.Parse)];
}
