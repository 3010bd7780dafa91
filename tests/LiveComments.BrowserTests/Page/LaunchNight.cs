namespace LiveComments.BrowserTests.Page;

/// <summary>A conversation that has some of everything.</summary>
static class LaunchNight
{
    private static readonly (string Name, string Text, PageServer.Extras Extras)[] Conversation =
    [
        ("maya", "Good evening from Lisbon 👋", new("Maya")),
        ("tomasz.k", "Anyone else nervous? My hands are actually shaking.", new(Reactions: new() { ["like"] = 12, ["haha"] = 3 })),
        ("host", "T-minus two hours. Weather is at 90 % go. The webcast from the pad starts at T-minus 45 minutes; until then ask anything, the crew answers here.", new("Wei Chen", Kind: "pinned highlighted")),
        ("amara", "First launch I watch with my daughter. She asks why the tank is white on one side: is that frost?", new("Amara", Reactions: new() { ["love"] = 41, ["like"] = 7 })),
        ("wei_chen", "Frost, yes. Liquid oxygen is at −183 °C, so the moisture of the air freezes onto the skin of the tank.", new("Wei Chen", ParentId: "1003", Reactions: new() { ["wow"] = 5 })),
        ("nour", "تحية من القاهرة، بالتوفيق للجميع!", new("نور")),
        ("jonas", "🔥🔥🔥", new("Jonas")),
        ("lucia", "¿A qué hora es exactamente el despegue?", new("lucía")),
        ("priya", "@lucia 22:14 local, if they don't recycle the count.", new("Priya S", Mentions: ["lucia"])),
        ("tanaka", "日本からも見ています。頑張って！", new("田中")),
        ("ben", "A round of coffee for the pad crew ☕", new("Ben", Kind: "paid")),
        ("amara", "She now wants to be “the person who says go”.", new("Amara")),
    ];

    public static void Fill(PageServer server)
    {
        foreach (var (name, text, extras) in Conversation)
            server.Add(name, text, extras);
    }
}
