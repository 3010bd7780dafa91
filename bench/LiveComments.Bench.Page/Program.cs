using System.Globalization;
using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.Page;
using LiveComments.TestSupport;

const string Help = """
    dotnet run -c Release --project bench/LiveComments.Bench.Page -- FIGURE [options]
      first-paint   how soon the watch page is painted, and how much script it loads
      smooth        100 comments/s on one page: frames, and the heap
      across        from Enter in one browser to the picture in another, through the Gateway
      --seconds N   of smooth (60)          --rate N   comments/s of smooth (100)
      --runs N      loads of first-paint (15), comments of across (100)
      --no-result   prints only, and writes nothing to bench/results
    """;

if (args.Length == 0 || args.Contains("--help"))
{
    Console.WriteLine(Help);
    return args.Length == 0 ? 2 : 0;
}

var figure = args[0];
if (figure is not ("first-paint" or "smooth" or "across"))
{
    Console.Error.WriteLine($"'{figure}' is no figure.\n{Help}");
    return 2;
}

#if DEBUG
Console.Error.WriteLine("This is a Debug build; run it with -c Release.");
return 2;
#else
var facts = MachineFacts.Read(TimeProvider.System);
await using var services = await Services.StartAsync();
await using var chromium = new ChromiumBrowser();
await chromium.StartAsync();
var report = figure switch
{
    "first-paint" => await FirstPaint.MeasureAsync(chromium, services, Option("runs", 15)),
    "smooth" => await Smoothness.MeasureAsync(chromium, services, Option("rate", 100), TimeSpan.FromSeconds(Option("seconds", 60))),
    _ => await AcrossBrowsers.MeasureAsync(chromium, services, Option("runs", 100)),
};
report.Write(facts, $"page-{figure}", writesResult: !args.Contains("--no-result"));
return 0;

int Option(string name, int fallback) =>
    Array.IndexOf(args, $"--{name}") is var at and >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture) : fallback;
#endif
