using System.Globalization;
using StackExchange.Redis;

namespace LiveComments.Bench.Admission;

/// <summary>What redis-server says about itself.</summary>
/// <param name="CpuSeconds">User and system time of its process, as the kernel counts them.</param>
/// <param name="Commands">Commands it executed, those of scripts not counted.</param>
/// <param name="AppendOnlyBytes">Size of its append-only file.</param>
/// <param name="UsedBytes">Memory that its data and buffers take.</param>
/// <param name="Keys">Keys it holds.</param>
sealed record RedisUsage(double CpuSeconds, long Commands, long AppendOnlyBytes, long UsedBytes, long Keys)
{
    public static async Task<RedisUsage> ReadAsync(IServer server)
    {
        var fields = (await server.InfoAsync()).SelectMany(section => section).ToDictionary(field => field.Key, field => field.Value);
        return new RedisUsage(
            double.Parse(fields["used_cpu_user"], CultureInfo.InvariantCulture) + double.Parse(fields["used_cpu_sys"], CultureInfo.InvariantCulture),
            long.Parse(fields["total_commands_processed"], CultureInfo.InvariantCulture),
            long.Parse(fields["aof_current_size"], CultureInfo.InvariantCulture),
            long.Parse(fields["used_memory"], CultureInfo.InvariantCulture),
            await server.DatabaseSizeAsync());
    }
}
