namespace LiveComments.Api.Moderation.External;

/// <summary>Reads an answer to its end before it is handed on, so that the deadline holds for all of it, and no more of it than a verdict can have.</summary>
sealed class WholeAnswers : DelegatingHandler
{
    private const long MaxBytes = 16 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
