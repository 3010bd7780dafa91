using LiveComments.Faults;
using LiveComments.Faults.Oracle;
using LiveComments.Faults.Runs;

if (args is [OracleProcess.Verb, var journal])
    return await OracleProcess.RunAsync(journal);

var (options, faults) = Options.Parse(args);
if (faults.Count > 0 || options is null)
{
    Console.Error.WriteLine(faults.Count > 0 ? string.Join('\n', faults) : Options.Help);
    return 2;
}

return await new LongSet(options, TimeProvider.System).RunAsync() ? 0 : 1;
