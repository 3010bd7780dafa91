using LiveComments.Api.Moderation;
using LiveComments.Api.Moderation.Reputation;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;

namespace LiveComments.UnitTests.Moderation;

/// <summary>What is known of users: their standing, and whether they were here before.</summary>
public sealed class ReputationTests
{
    [Fact]
    public void A_reputation_moves_once_for_each_act_and_stays_between_nothing_and_one()
    {
        var reputations = new Reputations();
        Assert.Equal(0.5, reputations.Of("ada"));
        for (var act = 1ul; act <= 3; act++)
            reputations.Apply([new("ada", -0.1), new("eve", 0.3)], new Cursor(1, act));
        reputations.Apply([new("ada", -0.1)], new Cursor(1, 2));
        Assert.Equal((0.2, 1.0), (Math.Round(reputations.Of("ada"), 9), reputations.Of("eve")));
        // What Postgres tells is newer, or older, than what the log told.
        reputations.Learn([("ada", 0.9, new Cursor(1, 3)), ("eve", 0.1, new Cursor(2, 1)), ("bob", 0.7, new Cursor(1, 1))]);
        Assert.Equal((0.2, 0.1, 0.7), (Math.Round(reputations.Of("ada"), 9), reputations.Of("eve"), reputations.Of("bob")));
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.1, 1)]
    [InlineData(-0.1, 1)]
    [InlineData(0.5, 2)]
    [InlineData(-0.3, 0.4)]
    [InlineData(-0.5, 0.1)]
    public void A_report_counts_as_much_as_its_author_was_right_before(double moved, double weight)
    {
        var reputations = new Reputations();
        reputations.Apply([new("ada", moved)], new Cursor(1, 1));
        Assert.Equal(weight, reputations.WeightOf("ada"), 9);
    }

    [Fact]
    public void Of_many_users_the_filter_forgets_none_and_takes_few_strangers_for_one_of_them()
    {
        const int Users = 200_000;
        var filter = new UserFilter();
        for (var user = 0; user < Users; user++)
            filter.Add($"user-{user}");
        Assert.All(Enumerable.Range(0, Users), user => Assert.True(filter.Has($"user-{user}")));
        Assert.InRange(Enumerable.Range(0, Users).Count(user => filter.Has($"stranger-{user}")), 0, Users / 1000);
    }

    [Theory]
    [InlineData(0.24, true)]
    [InlineData(0.25, false)]
    [InlineData(0.5, false)]
    public void A_rule_for_low_reputation_fires_below_its_bound(double reputation, bool isHeld)
    {
        var rules = RuleSet.Compile(new ModerationRules { LowReputation = new(ModerationActions.Hold) }).Rules!;
        var verdict = rules.Look(new Candidate("s", "u", "hello", [], Reputation: reputation), FoldedText.Of("hello"), default);
        Assert.Equal(isHeld ? ModerationAction.Hold : ModerationAction.Approve, verdict.Action);
        Assert.NotNull(RuleSet.Compile(new ModerationRules { LowReputation = new("hide") }).Fault);
        Assert.NotNull(RuleSet.Compile(new ModerationRules { LowReputation = new(ModerationActions.Drop, Below: 1.5) }).Fault);
    }
}
