namespace LiveComments.Faults.Servers;

/// <summary>The processes that the system is made of, by name.</summary>
static class Parts
{
    public const string Api = "api";
    public const string Fanout = "fanout";
    public const string Gateway = "gateway";
    public const string Nats = "nats";
    public const string Redis = "redis";
    public const string Postgres = "postgres";

    /// <summary>Whichever Api process writes the log into Postgres at the time.</summary>
    public const string Persister = "persister";

    /// <summary>Of what faults strike alone and in pairs; of api and fanout there are two each.</summary>
    public static readonly IReadOnlyList<string> All = [Api, Persister, Fanout, Gateway, Nats, Redis, Postgres];

    /// <summary>Those that the services reach over the network.</summary>
    public static readonly IReadOnlyList<string> Servers = [Nats, Redis, Postgres];
}
