using System.Diagnostics;
using System.Text.Json;
using LiveComments.TestSupport;
using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Operations;

/// <summary>What the SDK would make images of. Making one needs a base image from a registry, so that is left to who has one.</summary>
public sealed class ContainerImageTests
{
    [Theory]
    [InlineData("Api")]
    [InlineData("Fanout")]
    [InlineData("Gateway")]
    public async Task Image_is_named_listens_on_8080_and_has_no_rights(string service)
    {
        using var msbuild = Process.Start(new ProcessStartInfo(
            "dotnet", ["msbuild", $"LiveComments.{service}/LiveComments.{service}.csproj", "-nologo", "-nr:false", "-getProperty:ContainerRepository", "-getProperty:ContainerUser", "-getProperty:EnableSdkContainerSupport", "-getItem:ContainerPort"])
        {
            WorkingDirectory = RepositoryFiles.Root,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("dotnet did not start.");
        var output = await Eventually.WithinAsync("the project is evaluated", msbuild.StandardOutput.ReadToEndAsync(), TimeSpan.FromMinutes(1));

        using var answer = JsonDocument.Parse(output);
        var properties = answer.RootElement.GetProperty("Properties");
        Assert.Equal($"livecomments/{service.ToLowerInvariant()}", properties.GetProperty("ContainerRepository").GetString());
        Assert.Equal("app", properties.GetProperty("ContainerUser").GetString());
        Assert.Equal("true", properties.GetProperty("EnableSdkContainerSupport").GetString());
        Assert.Equal("8080", answer.RootElement.GetProperty("Items").GetProperty("ContainerPort").EnumerateArray().Single().GetProperty("Identity").GetString());
    }
}
