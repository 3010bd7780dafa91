namespace LiveComments.Api.Web;

/// <summary>
/// A user's id is whatever an issuer says, such as <c>https://issuer.example/users/7</c>. The web server leaves an escaped
/// slash of an address as it is, and so a ban would be one of nobody; here it becomes the slash that it stands for.
/// </summary>
static class UserIdsInAddresses
{
    private const string RouteValue = "userId";
    private const string EscapedSlash = "%2F";

    public static WebApplication UseUserIdsInAddresses(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            var values = context.Request.RouteValues;
            if (values.TryGetValue(RouteValue, out var value) && value is string id && id.Contains(EscapedSlash, StringComparison.OrdinalIgnoreCase))
                values[RouteValue] = id.Replace(EscapedSlash, "/", StringComparison.OrdinalIgnoreCase);
            return next(context);
        });
        return app;
    }
}
