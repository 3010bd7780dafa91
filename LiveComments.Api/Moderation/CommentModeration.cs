using System.Globalization;
using LiveComments.Api.Analytics;
using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.External;
using LiveComments.Api.Moderation.Reputation;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Moderation.Text;
using LiveComments.Api.Users;
using LiveComments.Api.Users.Follows;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation;

/// <summary>
/// Looks at each comment before it is shown. A hot path: but on streams for followers, and where an external moderator is configured, it asks nobody, and works on immutable snapshots.
/// </summary>
/// <remarks>
/// 1. Who moderates the stream says what they like.
/// 2. What holds against the author: a ban, a mute, a shadow mute.
/// 3. How the stream's conversation goes: off, emoji only, for subscribers, for followers; the last alone asks Redis.
/// 4. The rules: those of all streams, those of this one, and those of the shield while it is up. The severest counts.
/// 5. Where an external moderator is configured, it is asked about what all of them let pass.
/// </remarks>
sealed class CommentModeration(ModerationState state, ModerationFollower follower, RecentTexts recent, CommentScorer scorer, Reputations reputations, FirstComments firstComments, FollowMemory follows,
    ExternalModerator external, RefusalCounts refusals, ModerationMetrics metrics, TimeProvider clock)
{
    // A process that has just started knows nothing of bans yet; after this it goes on with what it knows.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(2);

    /// <summary>The pause between two comments while the shield is up, where the stream's own is shorter.</summary>
    public static readonly TimeSpan ShieldPause = TimeSpan.FromSeconds(30);

    // What a raid is made of.
    private static readonly RuleSet Shield = RuleSet.Compile(new ModerationRules
    {
        Links = new LinkRule(ModerationActions.Hold),
        Duplicates = new DuplicateRule(ModerationActions.Hold, PerUser: 1, PerStream: 1),
        Mentions = new FloodRule(ModerationActions.Hold, Max: 1),
        Emoji = new FloodRule(ModerationActions.Hold, Max: 10),
    }).Rules!;

    // The broadcaster wants followers alone. Who is one can be said again in a moment, and the comment comes then.
    private static readonly Judgement OfUnknownFollower = new(
        new Verdict(ModerationAction.Reject, ReasonCodes.FollowsUnknown),
        new PostResult.Unavailable("Only who follows the broadcaster comments on this stream, and who does can't be said right now. Try again in a moment."));

    private static readonly Verdict ShadowMuted = new(ModerationAction.Drop, ReasonCodes.ShadowMute);

    /// <summary>The pause that the user must keep between two comments there; null for none.</summary>
    public TimeSpan? SlowModeFor(LiveStream? stream, User user)
    {
        if (stream is null)
            return null;
        var settings = state.SettingsOf(stream.Id);
        if (settings is { SlowModeSeconds: 0, ShieldMode: false } || MayModerate(stream, user))
            return null;
        var pause = TimeSpan.FromSeconds(settings.SlowModeSeconds);
        return settings.ShieldMode && pause < ShieldPause ? ShieldPause : pause;
    }

    /// <summary>Whether the user is banned there: then they react to nothing, either.</summary>
    public bool IsBanned(LiveStream stream, User user) => state.Against(user.Id, stream.Id) is { Kind: SanctionKinds.Ban } && !MayModerate(stream, user);

    /// <summary>Whether the user moderates the stream: as its broadcaster, by the token's role, or because the broadcaster said so.</summary>
    public bool MayModerate(LiveStream stream, User user) =>
        user.Role is Roles.Moderator or Roles.Admin || Moderates(stream, user.Id);

    /// <summary>Whether the user moderates the stream whatever the token says: as its broadcaster, or because the broadcaster said so.</summary>
    public bool Moderates(LiveStream stream, string userId) => stream.CreatorId == userId || state.IsModerator(stream.Id, userId);

    /// <summary>What is said of it to whom it is against.</summary>
    public static string TextOf(Sanction sanction)
    {
        var until = sanction.Until is { } end ? $" until {DateTimeOffset.FromUnixTimeMilliseconds(end):u}" : "";
        var why = sanction.Reason is { } reason ? $": {reason}" : ".";
        return sanction.Kind == SanctionKinds.Ban ? $"You are banned{until}{why}" : $"You may not comment{until}{why}";
    }

    /// <summary>Whether the user says who moderates the stream.</summary>
    public static bool MayAppoint(LiveStream stream, User user) => stream.CreatorId == user.Id || user.Role == Roles.Admin;

    public async ValueTask<Judgement> JudgeAsync(LiveStream stream, User user, TokenVouching vouching, string text, IReadOnlyList<string> mentions, CancellationToken cancellationToken)
    {
        await follower.CaughtUpAsync(StartPatience, cancellationToken);
        var following = await FollowingAsync(stream, user, vouching, cancellationToken);
        TimeSpan? sinceFirst = state.RuleSetOf(null).AsksForFirstComment || state.RuleSetOf(stream.Id).AsksForFirstComment ? await firstComments.SinceAsync(user.Id, cancellationToken) : null;
        var began = clock.GetTimestamp();
        var judgement = Judge(stream, user, vouching, following, sinceFirst, text, mentions);
        var duration = clock.GetElapsedTime(began);
        // 5.
        if (external.IsOn && judgement.IsShown && !MayModerate(stream, user))
            judgement = JudgementOf(await external.LookAsync(stream.Id, text, cancellationToken));
        metrics.Judged(judgement.Verdict, duration);
        // What may be tried again was not refused.
        if (judgement.Refusal is PostResult.NotAllowed)
            refusals.Count(stream.Id);
        return judgement;
    }

    /// <summary>The comment is shown: its author is none from whom nothing was ever seen.</summary>
    public void Shown(string userId) => firstComments.Note(userId);

    // Where the stream does not ask, nobody does.
    private async ValueTask<Following?> FollowingAsync(LiveStream stream, User user, TokenVouching vouching, CancellationToken cancellationToken) =>
        state.SettingsOf(stream.Id).FollowersOnlySeconds is null || vouching.Follows(stream.CreatorId) || MayModerate(stream, user)
            ? null
            : await follows.FindAsync(user.Id, stream.CreatorId, cancellationToken);

    private Judgement Judge(LiveStream stream, User user, TokenVouching vouching, Following? following, TimeSpan? sinceFirst, string text, IReadOnlyList<string> mentions)
    {
        // 1.
        if (MayModerate(stream, user))
            return Judgement.Shown;
        // 2.
        if (state.Against(user.Id, stream.Id) is { } sanction)
            return JudgementOf(sanction);
        // 3.
        var settings = state.SettingsOf(stream.Id);
        if (settings.CommentsOff)
            return Refused(ReasonCodes.CommentsOff, ErrorCodes.CommentsOff, "Comments are switched off on this stream.");
        if (settings.EmoteOnly && !Emoji.IsAllOf(text))
            return Refused(ReasonCodes.EmoteOnly, ErrorCodes.EmoteOnly, "Comments of this stream have nothing but emoji in them.");
        if (settings.SubscribersOnly && !vouching.Subscribes(stream.CreatorId))
            return Refused(ReasonCodes.SubscribersOnly, ErrorCodes.SubscribersOnly, "Only subscribers comment on this stream. Once you are one, come back with a new token.");
        if (settings.FollowersOnlySeconds is { } age && following is { } asked)
        {
            if (!asked.IsKnown)
                return OfUnknownFollower;
            if (OfStranger(stream.CreatorId, asked.Since, TimeSpan.FromSeconds(age)) is { } stranger)
                return stranger;
        }

        // 4.
        var (forAll, forStream) = (state.RuleSetOf(null), state.RuleSetOf(stream.Id));
        if (!settings.ShieldMode && forAll == RuleSet.Empty && forStream == RuleSet.Empty)
            return Judgement.Shown;
        using var folded = FoldedText.Of(text);
        var (byUser, onStream) = recent.Add(user.Id, stream.Id, Shingles.Of(folded.Plain));
        var candidate = new Candidate(stream.Id, user.Id, text, mentions, sinceFirst, reputations.Of(user.Id));
        var repetition = new Repetition(byUser, onStream);
        var scores = forAll.AsksForScores || forStream.AsksForScores ? scorer.Score(text, folded, forAll.AsksForLanguage || forStream.AsksForLanguage) : default;
        var verdict = forAll.Look(candidate, folded, repetition, scores).Or(forStream.Look(candidate, folded, repetition, scores));
        if (settings.ShieldMode)
            verdict = verdict.Or(Shield.Look(candidate, folded, repetition));
        return JudgementOf(verdict);
    }

    private static Judgement JudgementOf(Verdict verdict) => verdict.Action == ModerationAction.Reject
        ? new Judgement(verdict, new PostResult.NotAllowed(ErrorCodes.ContentViolation, "A rule of this stream does not allow this comment."))
        : new Judgement(verdict, null);

    private Judgement? OfStranger(string creatorId, DateTimeOffset? since, TimeSpan age)
    {
        if (since is not { } began)
            return Refused(ReasonCodes.FollowersOnly, ErrorCodes.FollowersOnly, $"Only who follows the broadcaster comments on this stream: PUT /api/users/{Uri.EscapeDataString(creatorId)}/follow.");
        var left = began + age - clock.GetUtcNow();
        return left > TimeSpan.Zero
            ? Refused(ReasonCodes.FollowersOnly, ErrorCodes.FollowersOnly, string.Create(CultureInfo.InvariantCulture, $"You follow the broadcaster, but not long enough yet: you may comment in {Math.Ceiling(left.TotalSeconds)} s."))
            : null;
    }

    private static Judgement JudgementOf(Sanction sanction)
    {
        return sanction.Kind switch
        {
            SanctionKinds.Ban => Refused(ReasonCodes.Ban, ErrorCodes.Banned, TextOf(sanction)),
            SanctionKinds.Mute => Refused(ReasonCodes.Mute, ErrorCodes.Muted, TextOf(sanction)),
            _ => new Judgement(ShadowMuted, null),
        };
    }

    private static Judgement Refused(string reason, string code, string detail) =>
        new(new Verdict(ModerationAction.Reject, reason), new PostResult.NotAllowed(code, detail));
}
