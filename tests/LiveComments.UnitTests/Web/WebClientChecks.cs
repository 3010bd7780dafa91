using System.Diagnostics;
using System.IO.Compression;
using Xunit.Abstractions;

namespace LiveComments.UnitTests.Web;

/// <summary>Runs the web client's own checks, so that <c>dotnet test</c> covers it, too.</summary>
public sealed class WebClientChecks(ITestOutputHelper output) : IAsyncLifetime
{
    // A check takes 2 s, a first npm ci a minute over a slow line.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(10);

    // What a phone on a slow line can fetch and read within the second that the first page may take.
    private const long MaxScriptBytes = 120 * 1024;

    private static string WebFolder { get; } = Path.Combine(TestSupport.Repository.Root, "web");

    // The Gateway's build has done this already, unless this project is tested alone from a clean clone.
    public Task InitializeAsync() => RunAsync(InstallTimeout, "node", "build.mjs");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public Task Sources_are_well_formed_linted_and_well_typed() => RunAsync(CheckTimeout, "npm", "run", "check");

    [Fact]
    public Task Unit_tests_pass() => RunAsync(CheckTimeout, "npm", "test");

    [Fact]
    public async Task The_lock_file_names_no_registry()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(WebFolder, "package-lock.json"));
        // The workspace's own packages are found by their folder.
        Assert.DoesNotMatch("\"resolved\": \"[a-z+]+:", text);
    }

    [Fact]
    public void All_scripts_together_are_at_most_120_KB_gzipped()
    {
        var scripts = Directory.GetFiles(Path.Combine(WebFolder, "dist", "assets"), "*.js");
        Assert.NotEmpty(scripts);
        var sizes = scripts.ToDictionary(script => Path.GetFileName(script), GzippedSize);
        output.WriteLine(string.Join('\n', sizes.Select(size => $"{size.Key}: {size.Value:N0} bytes")));
        Assert.True(sizes.Values.Sum() <= MaxScriptBytes, $"{sizes.Values.Sum():N0} bytes: {string.Join(", ", sizes)}");
    }

    private static long GzippedSize(string file)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(File.ReadAllBytes(file));
        return target.Length;
    }

    private async Task RunAsync(TimeSpan limit, string program, params string[] arguments)
    {
        var what = $"{program} {string.Join(' ', arguments)}";
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = WebFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{what} did not start.");
        var printed = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{what} did not end within {limit.TotalMinutes} minutes:\n{await printed}{await errors}");
        }

        var text = await printed + await errors;
        output.WriteLine(text);
        Assert.True(process.ExitCode == 0, $"{what} in {WebFolder} ended with {process.ExitCode}:\n{text}");
    }
}
