using LiveComments.Bench.Fanout;
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

var figures = new FigureRuns(TimeProvider.System);
if (options.Figure == Options.TableFigure)
    await figures.RunTableAsync(args[1..]);
else if (options.Figure == "storm")
    await figures.RunStormAsync(options);
else if (options.Figure == "deaf")
    await figures.RunDeafAsync(options);
else
    await figures.RunSideBySideAsync(options);
return 0;
