using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Contracts;

public sealed class TypeScriptContractsTests
{
    // Set to write the file instead of comparing it.
    private const string WriteVariable = "WRITE_CONTRACTS";

    [Fact]
    public void The_web_client_has_the_contracts_as_they_are()
    {
        var path = Path.Combine(RepositoryFiles.Root, TypeScriptContracts.Path);
        var contracts = TypeScriptContracts.Write();
        if (Environment.GetEnvironmentVariable(WriteVariable) is not null)
            File.WriteAllText(path, contracts);
        var written = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(
            contracts == written,
            $"{TypeScriptContracts.Path} is not what LiveComments.Contracts says. Write it anew: {WriteVariable}=1 dotnet test tests/LiveComments.UnitTests --filter {nameof(TypeScriptContractsTests)}");
    }
}
