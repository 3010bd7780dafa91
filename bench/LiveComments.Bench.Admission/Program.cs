using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using LiveComments.Api.Admission;
using LiveComments.Bench.Admission;
using LiveComments.Contracts;
using LiveComments.TestSupport;
using StackExchange.Redis;

// What admission costs: posts of 100,000 users in turn, each with a new idempotency key, admitted and then remembered, by
// so many callers at once, each of which asks again as soon as it has its answer. The CPU time is redis-server's own
// count, so it hardly depends on what else the machine does; the rate does.
const int Calls = 100_000;
const int WarmUp = 20_000;
const int Users = 100_000;
int[] callersAtOnce = [1, 8, 64];

if (typeof(RedisAdmission).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
{
    Console.Error.WriteLine("This is a Debug build; run it with -c Release.");
    return 2;
}

var name = args is [var given] ? given : null;
var text = new StringBuilder();
text.AppendLine(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, .NET {Environment.Version}, append-only file on, {Calls} posts after {WarmUp} of warm-up, fresh redis-server for each line.").AppendLine();
text.AppendLine("| callers | posts/s | µs CPU of redis-server a post | µs CPU of the client a post | commands a post | bytes of append-only file a post | bytes of memory a post |");
text.AppendLine("|---:|---:|---:|---:|---:|---:|---:|");
foreach (var callers in callersAtOnce)
    text.AppendLine(await MeasureAsync(callers));
Console.WriteLine(text);
if (name is not null)
    await File.WriteAllTextAsync(Path.Combine(Repository.Root, "bench", "results", name + ".md"), $"# {name}\n\n{text.Replace("\r\n", "\n").ToString().TrimEnd()}\n");
return 0;

static async Task<string> MeasureAsync(int callers)
{
    await using var server = new RedisServer();
    await server.StartAsync();
    await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",allowAdmin=true");
    var info = connection.GetServers()[0];
    var admission = new RedisAdmission(connection, TimeProvider.System);
    await PostAllAsync(admission, callers, 0, WarmUp);
    var (before, clientBefore, started) = (await RedisUsage.ReadAsync(info), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
    await PostAllAsync(admission, callers, WarmUp, WarmUp + Calls);
    var elapsed = Stopwatch.GetElapsedTime(started);
    var client = Environment.CpuUsage.TotalTime - clientBefore;
    var after = await RedisUsage.ReadAsync(info);
    return string.Create(CultureInfo.InvariantCulture,
        $"| {callers} | {Calls / elapsed.TotalSeconds:0} | {(after.CpuSeconds - before.CpuSeconds) * 1e6 / Calls:0.0} | {client.TotalMicroseconds / Calls:0.0} | {(double)(after.Commands - before.Commands) / Calls:0.00} | {(after.AppendOnlyBytes - before.AppendOnlyBytes) / Calls} | {(after.UsedBytes - before.UsedBytes) / Calls} |");
}

static async Task PostAllAsync(RedisAdmission admission, int callers, int from, int to)
{
    var (globally, perStream) = (new AdmissionOptions().CommentsGlobally, new AdmissionOptions().CommentsPerStream);
    var next = from - 1;
    await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
    {
        for (var post = Interlocked.Increment(ref next); post < to; post = Interlocked.Increment(ref next))
        {
            var user = string.Create(CultureInfo.InvariantCulture, $"user-{post % Users}");
            var stream = string.Create(CultureInfo.InvariantCulture, $"stream-{post % 5}");
            var key = Guid.NewGuid().ToString();
            var hash = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
            if (await admission.AdmitAsync(stream, user, key, globally, perStream) is not AdmissionVerdict.Admitted)
                throw new InvalidOperationException("A post within the limits was not admitted.");
            admission.Remember(stream, user, key, new Cursor(1, (ulong)post + 1), hash);
        }
    })));
}
