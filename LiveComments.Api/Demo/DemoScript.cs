using LiveComments.Contracts;

namespace LiveComments.Api.Demo;

/// <summary>Who says what in the demo stream, over and over.</summary>
static class DemoScript
{
    public static IReadOnlyList<User> Users { get; } =
    [
        Someone("marlin", "Marlin"), Someone("noor", "Noor"), Someone("teo", "Téo"),
        Someone("yuki", "ゆき"), Someone("dalia", "داليا"), Someone("sven", "Sven"),
    ];

    private static readonly (int User, string Text)[] Lines =
    [
        (0, "Good morning from the pier ☀️"),
        (1, "is this live right now?"),
        (2, "@noor yes! the gulls just left"),
        (3, "おはようございます 🌊"),
        (4, "صباح الخير للجميع"),
        (5, "Audio is perfect today, thank you"),
        (0, "The blue boat is coming in, watch the left side"),
        (1, "👀"),
        (2, "how many people watch this every day?"),
        (5, "@teo I do, with coffee"),
        (3, "猫がいる！右下"),
        (1, "CAT 🐈"),
        (4, "القطة أجمل من القارب 😄"),
        (0, "Wind is up a little. 12 knots says the board."),
        (2, "could somebody pin the tide table?"),
        (5, "High tide at 14:20"),
        (1, "First time here. So calm."),
        (3, "ようこそ！"),
        (0, "Welcome @noor, stay a while"),
        (4, "أتمنى لكم يوما سعيدا"),
        (2, "that reflection on the water… 😍"),
        (5, "👏👏👏"),
    ];

    public static (User User, string Text) LineAt(long moment)
    {
        var (user, text) = Lines[(int)(moment % Lines.Length)];
        return (Users[user], text);
    }

    private static User Someone(string username, string displayName) => new($"demo-{username}", username, displayName, null, Roles.User);
}
