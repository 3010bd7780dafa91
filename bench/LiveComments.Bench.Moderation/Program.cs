using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Api.Moderation.Scores.Languages;
using LiveComments.Api.Moderation.Text;
using LiveComments.Bench.Moderation;
using LiveComments.Contracts;
using LiveComments.TestSupport;

// How long it takes to look at a comment before it is shown, on one thread: all rules at once, 10,000 words among them.
const int Rounds = 200;
const int WarmUp = 40;

if (typeof(RuleSet).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
{
    Console.Error.WriteLine("This is a Debug build; run it with -c Release.");
    return 2;
}

var name = args is [var given] ? given : null;
var words = Enumerable.Range(0, ModerationLimits.MaxWords)
    .Select(number => new WordRule(string.Create(CultureInfo.InvariantCulture, $"{(number % 3) switch { 0 => "unmöglich", 1 => "идиот", _ => "aaaaab" }}{number}"), ModerationActions.Hold)).ToList();
var all = Compile(new ModerationRules
{
    Words = words,
    Patterns = [new(@"free\s+(coins|gems)", ModerationActions.Hold), new("(a+)+$", ModerationActions.Hold)],
    Links = new LinkRule(ModerationActions.Hold),
    Duplicates = new DuplicateRule(ModerationActions.Hold, PerUser: 3, PerStream: 20),
    Scores = new ScoreRule(),
    Language = new LanguageRule(ModerationActions.Hold, ["en", "de"]),
    Mentions = new FloodRule(ModerationActions.Hold, 3),
    Emoji = new FloodRule(ModerationActions.Hold, 30),
});
var list = WordList.Compile(words).List!;
var scorer = new CommentScorer();
var recent = new RecentTexts(TimeProvider.System);
var evil = Texts.Evil.Select(one => (List: PatternList.Compile([new PatternRule(one.Pattern, ModerationActions.Hold)]).List, one.Text)).Where(one => one.List is not null).ToList();
var turn = 0;

var text = new StringBuilder();
text.AppendLine(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, .NET {Environment.Version}, one thread, {Rounds} rounds over all texts after {WarmUp} of warm-up. {Texts.Ordinary.Length} ordinary comments; {Texts.Hostile.Length} of 10,000 characters, made to be costly; {evil.Count} of {Texts.Evil.Length} patterns that an engine which goes back would never end with, each over 10,000 characters (the others are refused when they are set).").AppendLine();
text.AppendLine("| what | p50 ms | p99 ms | p99.9 ms | the slowest text, its p99 ms |");
text.AppendLine("|---|---:|---:|---:|---:|");
Row("an ordinary comment, all rules and scores", Texts.Ordinary.Select(content => (Action)(() => Judge(content))));
var (collections, paused) = (Collections(), GC.GetTotalPauseDuration());
var hostile = Row("10 KB of hostile text, the same", Texts.Hostile.Select(content => (Action)(() => Judge(content))));
collections = [.. Collections().Zip(collections, (after, before) => after - before)];
paused = GC.GetTotalPauseDuration() - paused;
Row("10,000 words alone, an ordinary comment", Texts.Ordinary.Select(FoldedText.Of).Select(folded => (Action)(() => list.Find(folded))));
Row("10,000 words alone, 10 KB of hostile text", Texts.Hostile.Select(FoldedText.Of).Select(folded => (Action)(() => list.Find(folded))));
Row("which language an ordinary comment is in, not remembered", Texts.Ordinary.Select(content => (Action)(() => LanguageModel.Shared.Guess(content))));
Row("which language 10 KB of hostile text is in, not remembered", Texts.Hostile.Select(content => (Action)(() => LanguageModel.Shared.Guess(content))));
Row("an evil pattern over its text", evil.Select(one => (one.List, one.Text, Folded: FoldedText.Of(one.Text))).Select(one => (Action)(() => one.List!.Find(one.Text, one.Folded))));
text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Of all rules over hostile texts, with the warm-up: {Texts.Hostile.Length * (Rounds + WarmUp)} texts, {string.Join(", ", collections.Select((count, generation) => $"{count} collections of generation {generation}"))}, {paused.TotalMilliseconds:0} ms in all of them.");
text.AppendLine().AppendLine("Each hostile text by itself, all rules and scores:").AppendLine();
text.AppendLine("| begins with | p50 ms | p99 ms |").AppendLine("|---|---:|---:|");
foreach (var (content, times) in Texts.Hostile.Zip(hostile))
    text.AppendLine(CultureInfo.InvariantCulture, $"| `{Texts.Beginning(content)}` | {At(times, 0.5):0.000} | {At(times, 0.99):0.000} |");
Console.WriteLine(text);
if (name is not null)
    await File.WriteAllTextAsync(Path.Combine(Repository.Root, "bench", "results", name + ".md"), $"# {name}\n\n{text.Replace("\r\n", "\n").ToString().TrimEnd()}\n");
return 0;

// As LiveComments.Api/Moderation/CommentModeration.cs does it, without what only looks at who it is.
void Judge(string content)
{
    var user = string.Create(CultureInfo.InvariantCulture, $"user-{++turn % 5_000}");
    using var folded = FoldedText.Of(content);
    var (byUser, onStream) = recent.Add(user, "stream", Shingles.Of(folded.Plain));
    all.Look(new Candidate("stream", user, content, CommentText.MentionsIn(content)), folded, new Repetition(byUser, onStream), scorer.Score(content, folded, withLanguage: true));
}

// What each of them took, sorted.
List<double[]> Row(string what, IEnumerable<Action> looks)
{
    var each = looks.Select(look => (Look: look, Times: new List<double>(Rounds))).ToList();
    for (var round = -WarmUp; round < Rounds; round++)
    {
        foreach (var (look, times) in each)
        {
            var began = Stopwatch.GetTimestamp();
            look();
            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    var together = each.SelectMany(one => one.Times).Order().ToArray();
    text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {At(together, 0.5):0.000} | {At(together, 0.99):0.000} | {At(together, 0.999):0.000} | {each.Max(one => At([.. one.Times.Order()], 0.99)):0.000} |");
    return each.ConvertAll(one => one.Times.Order().ToArray());
}

// Of that generation alone: a collection of an older one is one of the younger ones as well.
static int[] Collections() => [GC.CollectionCount(0) - GC.CollectionCount(1), GC.CollectionCount(1) - GC.CollectionCount(2), GC.CollectionCount(2)];

static double At(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];

static RuleSet Compile(ModerationRules rules)
{
    var (set, fault) = RuleSet.Compile(rules);
    return set ?? throw new InvalidOperationException(fault);
}
