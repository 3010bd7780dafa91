namespace LiveComments.Contracts;

/// <summary>
/// The one speller of the subjects on which Api and Fanout speak of single people, on core NATS: <c>people.&lt;shard&gt;.…</c>.
/// Nothing keeps these messages, and what is missed is asked for again.
/// </summary>
public static class PeopleSubjects
{
    private const string Prefix = "people";

    /// <summary>Of several Api processes one answers.</summary>
    public const string AnsweringGroup = "api";

    /// <summary><see cref="PersonNews"/>, from Api to every node.</summary>
    public static string News(int shard) => $"{Prefix}.{shard}.news";

    /// <summary><see cref="BanQuestion"/>, from a node to any Api process, which answers with <see cref="BanAnswer"/>.</summary>
    public static string Bans(int shard) => $"{Prefix}.{shard}.bans";
}
