using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace LiveComments.UnitTests.Web;

/// <summary>Runs the web client's own checks, so that <c>dotnet test</c> covers it, too.</summary>
public sealed partial class WebClientChecks(ITestOutputHelper output) : IAsyncLifetime
{
    // A check takes 2 s, a first npm ci a minute over a slow line.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(10);

    // What a phone on a slow line can fetch and read within the second that the first page may take.
    // With what fills the page once it stands, a stream's page has 120 KB; a browser test holds it there.
    private const long MaxFirstScriptBytes = 100 * 1000;

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
    public async Task The_first_paint_waits_for_at_most_100_KB_of_gzipped_script()
    {
        var assets = Path.Combine(WebFolder, "dist", "assets");
        var sizes = Directory.GetFiles(assets, "*.js").ToDictionary(script => Path.GetFileName(script), script => new FileInfo(script + ".gz") is { Exists: true } copy ? copy.Length : new FileInfo(script).Length);
        var first = new HashSet<string>(Entry().Matches(await File.ReadAllTextAsync(Path.Combine(WebFolder, "dist", "index.html"))).Select(match => match.Groups[1].Value));
        Assert.NotEmpty(first);
        // What a script imports by name is fetched with it; what it imports by a call comes when it is wanted.
        for (var added = true; added;)
        {
            added = false;
            foreach (var script in first.ToArray())
            {
                foreach (Match match in StaticImport().Matches(await File.ReadAllTextAsync(Path.Combine(assets, script))))
                    added |= first.Add(match.Groups[1].Value);
            }
        }

        var firstBytes = first.Sum(script => sizes[script]);
        output.WriteLine($"first paint {firstBytes:N0} bytes, everything {sizes.Values.Sum():N0} bytes");
        Assert.True(firstBytes <= MaxFirstScriptBytes, $"{firstBytes:N0} bytes: {string.Join(", ", first)}");
    }

    [GeneratedRegex("(?:src|href)=\"/assets/([^\"]+\\.js)\"")]
    private static partial Regex Entry();

    [GeneratedRegex("(?:from|import)\\s*[\"'`]\\./([^\"'`]+\\.js)[\"'`]")]
    private static partial Regex StaticImport();

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
