using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class VolumeNameGenerator
{
    // Enough of the hash to tell clones of one repository apart.
    private const int HashDigits = 10;

    public static string Generate<T>(IResourceBuilder<T> builder, string suffix) where T : IResource
    {
        var application = Unfit().Replace(builder.ApplicationBuilder.Environment.ApplicationName.ToLowerInvariant(), "_");
        var hash = builder.ApplicationBuilder.Configuration["AppHost:Sha256"] ?? "";
        return $"{application}-{hash[..Math.Min(HashDigits, hash.Length)]}-{builder.Resource.Name}-{suffix}";
    }

    [GeneratedRegex("[^a-z0-9._-]")]
    private static partial Regex Unfit();
}
