using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Text;

namespace LiveComments.Api.Moderation.Scores;

/// <summary>
/// What a deployment begins with, before its moderators have decided anything: examples written for this project by its
/// authors, taken from nowhere. Each line of <c>prior.txt</c> is a kind and a text.
/// </summary>
static class Prior
{
    // So often each example is gone through; more changes little.
    private const int Times = 12;

    private const string Resource = "prior.txt";

    public static (LinearModel Toxicity, LinearModel Spam, LinearModel Unwanted, LinearModel Sentiment) Learn()
    {
        var examples = Examples().Select(example => (example.Kind, Features: FeaturesOf(example.Text))).ToList();
        // What is neither is an example of both.
        var moods = (from example in examples
                     from isGlad in IsGlad(example.Kind)
                     select (example.Features, isGlad)).ToList();
        return (
            Of(example => example.Kind == "toxic"), Of(example => example.Kind == "spam"), Of(example => example.Kind is "toxic" or "spam"),
            LinearModel.Blank.With(moods, Times, leans: false));

        LinearModel Of(Predicate<(string Kind, int[] Features)> isOfKind) =>
            LinearModel.Blank.With(examples.ConvertAll(example => (example.Features, isOfKind(example))), Times);
    }

    private static IEnumerable<bool> IsGlad(string kind)
    {
        if (kind is "glad" or "fine")
            yield return true;
        if (kind is "sad" or "toxic" or "fine")
            yield return false;
    }

    public static int[] FeaturesOf(string text)
    {
        using var folded = FoldedText.Of(text);
        return TextFeatures.Of(folded, LinkFilter.HostsIn(text).Count > 0);
    }

    public static IEnumerable<(string Kind, string Text)> Examples()
    {
        using var resource = typeof(Prior).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(resource);
        // spam: win a free phone now
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(": ", 2) is [var kind, var text])
                yield return (kind, text);
        }
    }
}
