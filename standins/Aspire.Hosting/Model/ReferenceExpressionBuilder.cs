using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

public class ReferenceExpressionBuilder
{
    private readonly ReferenceExpression.Parts _parts = new();

    public bool IsEmpty => _parts.IsEmpty;

    public void Append([InterpolatedStringHandlerArgument("")] in ReferenceExpressionBuilderInterpolatedStringHandler handler)
    {
        // The handler has written its parts into this builder already.
        _ = handler;
    }

    public void AppendLiteral(string value) => _parts.Literal(value);

    public void AppendFormatted(string? value) => _parts.Literal(value);

    public void AppendFormatted(string? value, string? format = null) => _parts.Formatted(value, format);

    public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider => _parts.Provider(valueProvider, null);

    public void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider => _parts.Provider(valueProvider, format);

    public void AppendValueProvider(object valueProvider, string? format = null) => _parts.Provider(valueProvider, format);

    public ReferenceExpression Build() => _parts.Build();

    [InterpolatedStringHandler]
    public readonly ref struct ReferenceExpressionBuilderInterpolatedStringHandler(int literalLength, int formattedCount, ReferenceExpressionBuilder builder)
    {
        private readonly (int Literal, int Formatted, ReferenceExpressionBuilder Builder) _target = (literalLength, formattedCount, builder);

        public readonly void AppendLiteral(string value) => _target.Builder.AppendLiteral(value);

        public readonly void AppendFormatted(string? value) => _target.Builder.AppendFormatted(value);

        public void AppendFormatted(string? value, string format) => _target.Builder.AppendFormatted(value, format);

        public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider => _target.Builder.AppendFormatted(valueProvider);

        public void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider => _target.Builder.AppendFormatted(valueProvider, format);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider => _target.Builder.AppendFormatted(valueProvider.Resource);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format) where T : IResource, IValueProvider, IManifestExpressionProvider => _target.Builder.AppendFormatted(valueProvider.Resource, format);
    }
}
