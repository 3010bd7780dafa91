using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.WritePath;
using LiveComments.Bench.WritePath.Reports;

if (args.Contains("--help") || args.Length == 0)
{
    Console.WriteLine(Options.Help);
    return args.Length == 0 ? 2 : 0;
}

var (options, faults) = Options.Parse(args);
#if DEBUG
faults = [.. faults, "This is a Debug build; run it with -c Release."];
#endif
if (faults.Count > 0)
{
    Console.Error.WriteLine(string.Join('\n', faults));
    return 2;
}

var facts = MachineFacts.Read(TimeProvider.System);
if (options.Figure == "reads")
{
    await new ReadsMeasurement(options, facts, TimeProvider.System).RunAsync();
    return 0;
}

var measurement = new Measurement(options, TimeProvider.System);
IReadOnlyList<RunReport> runs = options.Figure switch
{
    "rate" => [await measurement.OursAsync(options.Rate)],
    "saturate" => [await measurement.OursAsync(rate: null)],
    "catch-up" => [await measurement.CatchUpAsync()],
    _ => await measurement.SideBySideAsync(),
};
Report.Write(options, facts, runs, TimeProvider.System);
return 0;
