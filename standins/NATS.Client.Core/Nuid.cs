using System.Security.Cryptography;

namespace NATS.Client.Core;

/// <summary>Names that don't repeat: twelve random characters, then a counter that begins and steps at random.</summary>
public sealed class Nuid
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int PrefixLength = 12;
    private const int CounterLength = 10;
    private const long CounterLimit = 839_299_365_868_340_224; // 62 to the 10th
    private const int MinStep = 33;
    private const int MaxStep = 333;

    [ThreadStatic]
    private static Nuid? _ofThread;

    private char[] _prefix = [];
    private long _counter = CounterLimit;
    private int _step;

    private Nuid()
    {
    }

    public static string NewNuid() => string.Create(PrefixLength + CounterLength, _ofThread ??= new Nuid(), static (text, nuid) => nuid.Write(text));

    private void Write(Span<char> text)
    {
        _counter += _step;
        if (_counter >= CounterLimit)
        {
            _prefix = RandomNumberGenerator.GetItems<char>(Digits, PrefixLength);
            _counter = Random.Shared.NextInt64(CounterLimit);
            _step = Random.Shared.Next(MinStep, MaxStep + 1);
        }

        _prefix.CopyTo(text);
        var rest = _counter;
        for (var i = text.Length - 1; i >= PrefixLength; i--)
            (rest, text[i]) = (rest / Digits.Length, Digits[(int)(rest % Digits.Length)]);
    }
}
