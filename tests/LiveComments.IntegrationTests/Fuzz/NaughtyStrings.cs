using System.Globalization;
using System.Text;

namespace LiveComments.IntegrationTests.Fuzz;

/// <summary>The strings of <c>naughty-strings.txt</c>.</summary>
static class NaughtyStrings
{
    public static IReadOnlyList<string> All { get; } = Read();

    private static List<string> Read()
    {
        using var reader = new StreamReader(typeof(NaughtyStrings).Assembly.GetManifestResourceStream("naughty-strings.txt")!);
        // "# words" is a comment; "#tag" is an entry.
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && !line.StartsWith("# ", StringComparison.Ordinal)).Select(Unescaped)];
    }

    private static string Unescaped(string line)
    {
        var text = new StringBuilder(line.Length);
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] != '\\')
            {
                text.Append(line[index]);
                continue;
            }

            switch (line[++index])
            {
                case 'e':
                    break;
                case 'x':
                    text.Append((char)Hex(line.AsSpan(index + 1, 2)));
                    index += 2;
                    break;
                case 'u':
                    var end = line.IndexOf('}', index);
                    var code = Hex(line.AsSpan(index + 2, end - index - 2));
                    // Half a pair is no rune, and that is the point of it.
                    text.Append(code > char.MaxValue ? char.ConvertFromUtf32(code) : ((char)code).ToString());
                    index = end;
                    break;
                case var escape:
                    text.Append(escape switch
                    {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        's' => ' ',
                        '\\' => '\\',
                        _ => throw new FormatException($"'{line}' has an escape that means nothing."),
                    });
                    break;
            }
        }

        return text.ToString();
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
