using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Text with holes for values that are known only when the application runs.</summary>
public class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    public static readonly ReferenceExpression Empty = new("", [], []);

    private ReferenceExpression(string format, IReadOnlyList<IValueProvider> valueProviders, IReadOnlyList<string?> stringFormats)
    {
        Format = format;
        ValueProviders = valueProviders;
        StringFormats = stringFormats;
        ManifestExpressions = [.. valueProviders.Select(provider => ((IManifestExpressionProvider)provider).ValueExpression)];
    }

    public string Format { get; }

    public IReadOnlyList<string> ManifestExpressions { get; }

    public IReadOnlyList<string?> StringFormats { get; }

    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    public string ValueExpression => string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.Build();

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken)
    {
        var values = new object?[ValueProviders.Count];
        for (var index = 0; index < values.Length; index++)
        {
            var value = await ValueProviders[index].GetValueAsync(context, cancellationToken).ConfigureAwait(false);
            values[index] = Encode(value, StringFormats[index]);
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    private static string? Encode(string? value, string? format) => format switch
    {
        "uri" when value is not null => Uri.EscapeDataString(value),
        null or "uri" => value,
        _ => throw new FormatException($"The format '{format}' is not known; 'uri' is."),
    };

    /// <summary>Collects literal text, with braces escaped, and providers by position.</summary>
    internal sealed class Parts
    {
        private readonly StringBuilder _format = new();
        private readonly List<IValueProvider> _providers = [];
        private readonly List<string?> _stringFormats = [];

        public bool IsEmpty => _format.Length == 0;

        public void Literal(string? text) => _format.Append(text?.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

        public void Formatted(string? text, string? format) => Literal(Encode(text, format));

        public void Provider(object provider, string? format)
        {
            if (provider is ReferenceExpression inner)
            {
                Append(inner, format);
                return;
            }

            if (provider is not (IValueProvider value and IManifestExpressionProvider))
                throw new ArgumentException($"{provider.GetType().Name} can't stand in an expression: it must be an {nameof(IValueProvider)} and an {nameof(IManifestExpressionProvider)}.", nameof(provider));
            _format.Append('{').Append(_providers.Count.ToString(CultureInfo.InvariantCulture)).Append('}');
            _providers.Add(value);
            _stringFormats.Add(format);
        }

        public ReferenceExpression Build() => new(_format.ToString(), [.. _providers], [.. _stringFormats]);

        // An inner expression is spliced in, its holes numbered anew.
        private void Append(ReferenceExpression inner, string? format)
        {
            var holes = Enumerable.Range(_providers.Count, inner.ValueProviders.Count).Select(object (index) => $"{{{index}}}");
            // Formatting unescapes the literal braces, so they are doubled once more beforehand.
            var literalsKept = inner.Format.Replace("{{", "{{{{", StringComparison.Ordinal).Replace("}}", "}}}}", StringComparison.Ordinal);
            _format.AppendFormat(CultureInfo.InvariantCulture, literalsKept, [.. holes]);
            _providers.AddRange(inner.ValueProviders);
            _stringFormats.AddRange(inner.StringFormats.Select(own => own ?? format));
        }
    }

    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        private readonly Parts _parts = new();

        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
        {
        }

        public readonly void AppendLiteral(string value) => _parts.Literal(value);

        public readonly void AppendFormatted(string? value) => _parts.Literal(value);

        public readonly void AppendFormatted(string? value, string? format = null) => _parts.Formatted(value, format);

        public readonly void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider => _parts.Provider(valueProvider, null);

        public readonly void AppendFormatted<T>(T valueProvider, string? format = null) where T : IValueProvider, IManifestExpressionProvider => _parts.Provider(valueProvider, format);

        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider => _parts.Provider(valueProvider.Resource, null);

        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format = null) where T : IResource, IValueProvider, IManifestExpressionProvider => _parts.Provider(valueProvider.Resource, format);

        internal ReferenceExpression Build() => _parts.Build();
    }
}
