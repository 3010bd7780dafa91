using LiveComments.Api.Comments;
using Npgsql;

namespace LiveComments.Api.Persistence;

/// <summary>
/// A read-only copy of Postgres for deep history and the best comments, if <c>ConnectionStrings:comments-replica</c> names one.
/// However late it is, no page is: each asks the copy that it reads how far that knows the log, and takes the rest from the log.
/// </summary>
static class HistoryReplica
{
    public const string ConnectionName = "comments-replica";

    /// <exception cref="InvalidOperationException">The connection string is none.</exception>
    public static void AddHistoryReplica(this IHostApplicationBuilder builder, Func<string, string> withTimeouts)
    {
        if (builder.Configuration.GetConnectionString(ConnectionName) is not { Length: > 0 } given)
            return;
        var connectionString = Validated(given, withTimeouts);
        // A breaker of its own: a copy that is away says nothing about the primary.
        builder.Services.AddSingleton(services => new Replica(
            new NpgsqlDataSourceBuilder(connectionString).UseLoggerFactory(services.GetRequiredService<ILoggerFactory>()).Build(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => Reading<CommentHistory>(services));
        builder.Services.AddSingleton(services => Reading<TopComments>(services));
    }

    private static T Reading<T>(IServiceProvider services)
    {
        var replica = services.GetRequiredService<Replica>();
        return ActivatorUtilities.CreateInstance<T>(services, replica.Source, replica.Reads);
    }

    // What is wrong is told without what was given: a password is in it.
    private static string Validated(string given, Func<string, string> withTimeouts)
    {
        string? host;
        try
        {
            host = new NpgsqlConnectionStringBuilder(given).Host;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            throw Unusable("can't be read as a connection string of Postgres");
        }

        return string.IsNullOrWhiteSpace(host) ? throw Unusable("names no Host") : withTimeouts(given);
    }

    private static InvalidOperationException Unusable(string why) =>
        new($"ConnectionStrings:{ConnectionName} {why}; write it like ConnectionStrings:comments, with the address of a read-only copy, or leave it out.");

    private sealed class Replica(NpgsqlDataSource source, TimeProvider clock) : IAsyncDisposable
    {
        public NpgsqlDataSource Source => source;

        public DatabaseReads Reads { get; } = new(clock);

        public ValueTask DisposeAsync() => source.DisposeAsync();
    }
}
