using System.Security.Cryptography;
using System.Text.Json;
using LiveComments.Contracts;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace LiveComments.Api.Web;

/// <summary>
/// Gives an answer an <c>ETag</c>, a hash of its bytes, and answers 304 to who has those already. It saves the way to
/// the client, not the work here.
/// </summary>
static class EntityTags
{
    // 128 bits: no two states of a page share one by chance.
    private const int Bytes = 16;

    public static TBuilder WithEntityTag<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            var answer = result is INestedHttpResult nested ? nested.Result : result;
            if (answer is not IValueHttpResult { Value: { } value } || answer is not IStatusCodeHttpResult { StatusCode: StatusCodes.Status200OK })
                return result;

            var body = JsonSerializer.SerializeToUtf8Bytes(value, ContractsJson.Wire.GetTypeInfo(value.GetType())!);
            var tag = TagOf(body);
            var headers = context.HttpContext.Response.Headers;
            headers.ETag = tag.ToString();
            // May be kept, but never used without asking: the next comment may be there already.
            headers.CacheControl = "no-cache";
            return Matches(context.HttpContext.Request.Headers.IfNoneMatch, tag)
                ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
                : TypedResults.Bytes(body, "application/json; charset=utf-8");
        });

    /// <summary>Whether <c>If-None-Match</c> names the tag. A malformed one names nothing.</summary>
    public static bool Matches(StringValues ifNoneMatch, EntityTagHeaderValue tag) =>
        EntityTagHeaderValue.TryParseList(ifNoneMatch, out var known)
        && known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false));

    public static EntityTagHeaderValue TagOf(ReadOnlySpan<byte> body) =>
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, Bytes))}\"");
}
