using System.Collections.Concurrent;
using System.Text.Json;

namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>The child process: takes orders from its standard input, answers on its standard output, ends with its parent.</summary>
static class ViewerProcess
{
    /// <summary>The first argument that makes this program one.</summary>
    public const string Argument = "viewers";

    public static int Run()
    {
        var orders = new ConcurrentQueue<Order>();
        var parentIsThere = true;
        new Thread(ReadOrders) { IsBackground = true }.Start();
        using var loop = new ViewerLoop(orders, Answer);
        loop.Run(() => Volatile.Read(ref parentIsThere));
        return 0;

        void ReadOrders()
        {
            while (Console.In.ReadLine() is { } line)
                orders.Enqueue(JsonSerializer.Deserialize(line, OrdersJson.Default.Order)!);
            Volatile.Write(ref parentIsThere, false);
        }
    }

    private static void Answer(Answer answer) => Console.Out.WriteLine(JsonSerializer.Serialize(answer, OrdersJson.Default.Answer));
}
