namespace LiveComments.Faults.Load;

/// <summary>Who writes and who watches.</summary>
/// <param name="Rate">Comments a second that fall due, over all streams.</param>
/// <param name="Streams">They are spread over so many streams.</param>
/// <param name="SseViewers">Viewers by server-sent events, over all streams.</param>
/// <param name="SocketViewers">Viewers by WebSocket, over all streams.</param>
/// <param name="MaxCommentsPerSecond">Of a faster stream, viewers are shown so many a second; the judge checks the count of those left out.</param>
sealed record LoadPlan(int Rate, int Streams, int SseViewers, int SocketViewers, int MaxCommentsPerSecond)
{
    // As a person would at most: an author writes every other second.
    private const int SecondsBetweenPosts = 2;

    /// <summary>Each has one post under way at a time, as the page has; while all of them wait, nothing new falls due.</summary>
    public int Authors => Rate * SecondsBetweenPosts;
}
