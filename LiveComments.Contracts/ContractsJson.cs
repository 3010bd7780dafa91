using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>How contracts become JSON, everywhere: camelCase, no reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    MaxDepth = Limits.MaxJsonDepth,
    AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(Comment))]
[JsonSerializable(typeof(CommentPage))]
[JsonSerializable(typeof(PostComment))]
[JsonSerializable(typeof(LiveStream))]
[JsonSerializable(typeof(StreamList))]
[JsonSerializable(typeof(StreamMetrics))]
[JsonSerializable(typeof(StreamSlo))]
[JsonSerializable(typeof(LatencyFigures))]
[JsonSerializable(typeof(ReactionRequest))]
[JsonSerializable(typeof(ReactionsBatch))]
[JsonSerializable(typeof(ReactionTotals))]
[JsonSerializable(typeof(CommentReaction))]
[JsonSerializable(typeof(CommentReactionState))]
[JsonSerializable(typeof(CommentReactionPage))]
[JsonSerializable(typeof(Reactor))]
[JsonSerializable(typeof(ListedStream))]
[JsonSerializable(typeof(CreateStream))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(DevTokenRequest))]
[JsonSerializable(typeof(DevToken))]
[JsonSerializable(typeof(DisplayReport))]
[JsonSerializable(typeof(DisplayReportAnswer))]
[JsonSerializable(typeof(LiveTicketRequest))]
[JsonSerializable(typeof(LiveTicket))]
[JsonSerializable(typeof(Follow))]
[JsonSerializable(typeof(FollowList))]
[JsonSerializable(typeof(FollowChange))]
[JsonSerializable(typeof(ModerationRules))]
[JsonSerializable(typeof(WordRule))]
[JsonSerializable(typeof(PatternRule))]
[JsonSerializable(typeof(LinkRule))]
[JsonSerializable(typeof(DuplicateRule))]
[JsonSerializable(typeof(ScoreRule))]
[JsonSerializable(typeof(LanguageRule))]
[JsonSerializable(typeof(FloodRule))]
[JsonSerializable(typeof(DryRunRequest))]
[JsonSerializable(typeof(DryRun))]
[JsonSerializable(typeof(DryRunCount))]
[JsonSerializable(typeof(DryRunChange))]
[JsonSerializable(typeof(DryRunVerdict))]
[JsonSerializable(typeof(TextScores))]
[JsonSerializable(typeof(StreamAnalytics))]
[JsonSerializable(typeof(AnalyticsTotals))]
[JsonSerializable(typeof(ModerationAct))]
[JsonSerializable(typeof(ModerationActPage))]
[JsonSerializable(typeof(ModerationReason))]
[JsonSerializable(typeof(Sanction))]
[JsonSerializable(typeof(SanctionRequest))]
[JsonSerializable(typeof(SanctionList))]
[JsonSerializable(typeof(ModeratorList))]
[JsonSerializable(typeof(StreamSettings))]
[JsonSerializable(typeof(StreamRights))]
[JsonSerializable(typeof(ReviewQueue))]
[JsonSerializable(typeof(QueuedComment))]
[JsonSerializable(typeof(ClaimRequest))]
[JsonSerializable(typeof(ReportRequest))]
[JsonSerializable(typeof(CommentReport))]
[JsonSerializable(typeof(ReportedComments))]
[JsonSerializable(typeof(ReportedComment))]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(ReputationMove))]
[JsonSerializable(typeof(ReputationRule))]
[JsonSerializable(typeof(HeldComments))]
[JsonSerializable(typeof(HeldComment))]
[JsonSerializable(typeof(ServerMessage<CommentsBatch>))]
[JsonSerializable(typeof(CommentRemoved))]
[JsonSerializable(typeof(CommentUpdated))]
[JsonSerializable(typeof(Gap))]
[JsonSerializable(typeof(ServerMessage<CommentRemoved>))]
[JsonSerializable(typeof(StreamState))]
[JsonSerializable(typeof(StreamLoad))]
[JsonSerializable(typeof(ServerMessage<StreamState>))]
[JsonSerializable(typeof(ServerMessage<CommentUpdated>))]
[JsonSerializable(typeof(CommentReviewed))]
[JsonSerializable(typeof(ServerMessage<CommentReviewed>))]
[JsonSerializable(typeof(ServerMessage<ReactionsBatch>))]
[JsonSerializable(typeof(ServerMessage<ViewerCount>))]
[JsonSerializable(typeof(ServerMessage<CommentCount>))]
[JsonSerializable(typeof(ServerMessage<CursorMoved>))]
[JsonSerializable(typeof(ServerMessage<Reset>))]
[JsonSerializable(typeof(ServerMessage<Gap>))]
[JsonSerializable(typeof(ServerMessage<Ack>))]
[JsonSerializable(typeof(ServerMessage<ServerError>))]
[JsonSerializable(typeof(PollAnswer))]
[JsonSerializable(typeof(Authenticate))]
[JsonSerializable(typeof(JoinStream))]
[JsonSerializable(typeof(PostToStream))]
[JsonSerializable(typeof(React))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>
    /// The form of the log and the wire: text of any script as it is, and not as <c>\uXXXX</c>, which halves a frame of
    /// Japanese. Safe because our JSON is never put into HTML.
    /// </summary>
    public static ContractsJson Wire => WireHolder.Instance;

    // In a class of its own, because it is made from the generated default, whose own initialisation must be over by then.
    private static class WireHolder
    {
        public static readonly ContractsJson Instance = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
