using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.Fanout;
using LiveComments.Bench.Fanout.Figures;
using LiveComments.Bench.Fanout.Reports;
using LiveComments.Bench.Fanout.Viewers;

if (args is [ViewerProcess.Argument])
    return ViewerProcess.Run();

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

var clock = TimeProvider.System;
var facts = MachineFacts.Read(clock);
if (options.Figure == "storm")
{
    var result = await Storm.RunAsync(options, clock);
    Report.Write(options, facts, StormTable.Of(result, options), StormTable.ForPrograms(result), clock);
}
else
{
    var results = await SideBySide.RunAsync(options, clock);
    Report.Write(options, facts, SideBySideTable.Of(results, facts.Cores), SideBySideTable.ForPrograms(results), clock);
}

return 0;
