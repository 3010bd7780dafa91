using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}

public sealed class GenerateParameterDefault : ParameterDefault
{
    // Look-alikes (I, O, l, 0...) may stay: nobody types these. Special characters keep to those that need no quoting in URLs' user part or shells.
    private const string LowerSet = "abcdefghijklmnopqrstuvwxyz";
    private const string UpperSet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string NumericSet = "0123456789";
    private const string SpecialSet = "-_.()*~";

    public bool Lower { get; set; } = true;

    public int MinLength { get; set; } = 22;

    public int MinLower { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public int MinUpper { get; set; }

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public bool Upper { get; set; } = true;

    public override string GetDefaultValue()
    {
        var all = (Lower ? LowerSet : "") + (Upper ? UpperSet : "") + (Numeric ? NumericSet : "") + (Special ? SpecialSet : "");
        if (all.Length == 0)
            throw new DistributedApplicationException("A generated parameter needs at least one of lower, upper, numeric and special characters.");
        List<char> characters =
        [
            .. RandomNumberGenerator.GetItems<char>(LowerSet, Lower ? MinLower : 0),
            .. RandomNumberGenerator.GetItems<char>(UpperSet, Upper ? MinUpper : 0),
            .. RandomNumberGenerator.GetItems<char>(NumericSet, Numeric ? MinNumeric : 0),
            .. RandomNumberGenerator.GetItems<char>(SpecialSet, Special ? MinSpecial : 0),
        ];
        characters.AddRange(RandomNumberGenerator.GetItems<char>(all, Math.Max(0, MinLength - characters.Count)));
        var value = characters.ToArray();
        RandomNumberGenerator.Shuffle<char>(value);
        return new string(value);
    }
}
