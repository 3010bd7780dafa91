using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.ServiceDefaults.Problems;

/// <summary>RFC 9457 problem documents with our two extensions: a stable <c>code</c>, and whether the same request may succeed later.</summary>
public static class Problem
{
    public const string CodeField = "code";
    public const string RetryableField = "retryable";

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
}
