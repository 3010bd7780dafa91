using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.ServiceDefaults.Problems;

/// <summary>RFC 9457 problem documents with our extensions: a stable <c>code</c>, whether the same request may succeed later, and where it helps the <c>field</c> at fault.</summary>
public static class Problem
{
    public const string CodeField = "code";
    public const string RetryableField = "retryable";
    public const string FaultyField = "field";

    /// <param name="status">HTTP status.</param>
    /// <param name="code">One of <see cref="Contracts.ErrorCodes"/>.</param>
    /// <param name="detail">What is wrong and what to do, for a person.</param>
    /// <param name="retryable">True when the same request may succeed later.</param>
    public static ProblemHttpResult Of(int status, string code, string detail, bool retryable = false) =>
        TypedResults.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?>
        {
            [CodeField] = code,
            [RetryableField] = retryable,
        });

    /// <summary>Of a request with many parts: which of them is at fault, such as <c>words[3]</c>.</summary>
    public static ProblemHttpResult OfField(int status, string code, string field, string detail)
    {
        var problem = Of(status, code, detail);
        problem.ProblemDetails.Extensions[FaultyField] = field;
        return problem;
    }
}
