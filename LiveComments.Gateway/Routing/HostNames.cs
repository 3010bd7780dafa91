using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;

namespace LiveComments.Gateway.Routing;

/// <summary>Refuses a Host that is no name: services are told it in a header, for which it must be spelled as DNS does, and that it can't be.</summary>
static class HostNames
{
    public static void UseHostNames(this WebApplication app) => app.Use((context, next) =>
        IsName(context.Request.Host)
            ? next(context)
            : Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, "Send a Host that is a name of DNS, with at most 63 characters between two dots.").ExecuteAsync(context));

    private static bool IsName(HostString host)
    {
        try
        {
            host.ToUriComponent();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
