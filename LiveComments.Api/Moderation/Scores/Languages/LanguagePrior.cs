namespace LiveComments.Api.Moderation.Scores.Languages;

/// <summary>Sentences in languages that share a script with others. Each line of <c>languages.txt</c> is a language's code and a text.</summary>
static class LanguagePrior
{
    private const string Resource = "languages.txt";

    public static IEnumerable<(string Language, string Text)> Sentences()
    {
        using var resource = typeof(LanguagePrior).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(resource);
        // fr: bonjour à tous
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(": ", 2) is [var language, var text])
                yield return (language, text);
        }
    }
}
