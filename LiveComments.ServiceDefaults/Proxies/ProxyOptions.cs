using System.ComponentModel.DataAnnotations;
using System.Net;

namespace LiveComments.ServiceDefaults.Proxies;

/// <summary>Which proxies are believed when they say whom they speak for. Section <c>Proxies</c>.</summary>
public sealed class ProxyOptions : IValidatableObject
{
    public const string Section = "Proxies";

    /// <summary>
    /// Addresses (<c>10.1.2.3</c>) and networks (<c>10.0.0.0/8</c>, <c>fd00::/8</c>) of proxies; this machine's own loopback
    /// is one of them anyway.
    /// </summary>
    public string[] Trusted { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var index = 0; index < Trusted.Length; index++)
        {
            if (NetworkOf(Trusted[index]) is null)
                yield return new ValidationResult($"{Section}:{nameof(Trusted)}:{index} is '{Trusted[index]}', which is no address (10.1.2.3) and no network (10.0.0.0/8).");
        }
    }

    /// <summary>Null when the text is neither an address nor a network.</summary>
    public static IPNetwork? NetworkOf(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return IPNetwork.TryParse(text, out var network) ? network : null;
    }
}
