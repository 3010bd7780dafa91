using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Who may do what: every operation × every caller × own and foreign ids. An operation without a row fails the test.</summary>
[Collection(AccessCollection.Name)]
public sealed class AccessMatrixTests(AccessSystem system)
{
    private const string Watch = "GET /live/streams/{streamId}/events";
    private const string Like = """{"reactionType":"like"}""";
    private const string Spam = """{"reason":"spam"}""";

    /// <summary>What the ids of a request name.</summary>
    private enum Ids
    {
        /// <summary>The stream at hand, and a comment of it.</summary>
        OfOneStream,

        /// <summary>The stream at hand, and a comment of another stream.</summary>
        CommentOfAnotherStream,

        /// <summary>Nothing that there is.</summary>
        OfNothing,
    }

    // To add an operation: a row for each kind of ids that it takes, with the statuses in the order of the columns. Whom the
    // broadcaster has named a moderator of the stream may what the broadcaster may, unless the row says otherwise; who was one
    // may what any other user may. Both are tried in every row.
    private static readonly Row[] Rows =
    [
        //                                                                                     nobody  author  other   broad-  other   moder-  admin   expired wrong
        //                                                                                                     user    caster  broadc. ator                    audience
        new("GET /api/streams", Ids.OfOneStream, null,                                         "200     200     200     200     200     200     200     200     200"),
        new("GET /api/streams/live", Ids.OfOneStream, null,                                    "200     200     200     200     200     200     200     200     200"),
        new("POST /api/streams", Ids.OfOneStream, """{"title":"t"}""",                         "401     201     201     201     201     201     201     401     401"),
        new("GET /api/streams/{streamId}", Ids.OfOneStream, null,                              "200     200     200     200     200     200     200     200     200"),
        new("GET /api/streams/{streamId}", Ids.OfNothing, null,                                "404     404     404     404     404     404     404     404     404"),
        new("POST /api/streams/{streamId}/end", Ids.OfOneStream, null,                         "401     403     403     200     403     403     200     401     401", StreamModerator: 403),
        new("POST /api/streams/{streamId}/end", Ids.OfNothing, null,                           "401     404     404     404     404     404     404     401     401"),
        new("GET /api/streams/{streamId}/comments", Ids.OfOneStream, null,                     "200     200     200     200     200     200     200     200     200"),
        new("GET /api/streams/{streamId}/comments", Ids.OfNothing, null,                       "404     404     404     404     404     404     404     404     404"),
        new("POST /api/streams/{streamId}/comments", Ids.OfOneStream, """{"content":"c"}""",   "401     201     201     201     201     201     201     401     401"),
        new("POST /api/streams/{streamId}/comments", Ids.OfOneStream, """{"content":"c","parentId":"{commentId}"}""", "401 201 201 201 201 201 201 401 401"),
        new("POST /api/streams/{streamId}/comments", Ids.CommentOfAnotherStream, """{"content":"c","parentId":"{commentId}"}""", "401 400 400 400 400 400 400 401 401"),
        new("POST /api/streams/{streamId}/comments", Ids.OfNothing, """{"content":"c"}""",     "401     404     404     404     404     404     404     401     401"),
        new("GET /api/streams/{streamId}/comments/{commentId}", Ids.OfOneStream, null,         "200     200     200     200     200     200     200     200     200"),
        new("GET /api/streams/{streamId}/comments/{commentId}", Ids.CommentOfAnotherStream, null, "404  404     404     404     404     404     404     404     404"),
        new("GET /api/streams/{streamId}/comments/{commentId}", Ids.OfNothing, null,           "404     404     404     404     404     404     404     404     404"),
        new("DELETE /api/streams/{streamId}/comments/{commentId}", Ids.OfOneStream, null,      "401     204     403     403     403     403     403     401     401"),
        new("DELETE /api/streams/{streamId}/comments/{commentId}", Ids.CommentOfAnotherStream, null, "401 404   404     404     404     404     404     401     401"),
        new("DELETE /api/streams/{streamId}/comments/{commentId}", Ids.OfNothing, null,        "401     404     404     404     404     404     404     401     401"),
        new("GET /api/streams/{streamId}/comments/{commentId}/replies", Ids.OfOneStream, null, "200     200     200     200     200     200     200     200     200"),
        new("GET /api/streams/{streamId}/comments/{commentId}/replies", Ids.CommentOfAnotherStream, null, "404 404 404   404     404     404     404     404     404"),
        new("GET /api/streams/{streamId}/comments/{commentId}/replies", Ids.OfNothing, null,   "404     404     404     404     404     404     404     404     404"),
        new("GET /api/streams/{streamId}/metrics", Ids.OfOneStream, null,                      "200     200     200     200     200     200     200     200     200"),
        new("GET /api/streams/{streamId}/metrics", Ids.OfNothing, null,                        "404     404     404     404     404     404     404     404     404"),
        new("GET /api/streams/{streamId}/reactions", Ids.OfOneStream, null,                    "200     200     200     200     200     200     200     200     200"),
        new("GET /api/streams/{streamId}/reactions", Ids.OfNothing, null,                      "404     404     404     404     404     404     404     404     404"),
        new("POST /api/streams/{streamId}/reactions", Ids.OfOneStream, Like,                   "401     202     202     202     202     202     202     401     401"),
        new("POST /api/streams/{streamId}/reactions", Ids.OfNothing, Like,                     "401     404     404     404     404     404     404     401     401"),
        new(Reactions("GET"), Ids.OfOneStream, null,                                           "200     200     200     200     200     200     200     200     200"),
        new(Reactions("GET"), Ids.CommentOfAnotherStream, null,                                "404     404     404     404     404     404     404     404     404"),
        new(Reactions("GET"), Ids.OfNothing, null,                                             "404     404     404     404     404     404     404     404     404"),
        new(Reactions("POST"), Ids.OfOneStream, Like,                                          "401     200     200     200     200     200     200     401     401"),
        new(Reactions("POST"), Ids.CommentOfAnotherStream, Like,                               "401     404     404     404     404     404     404     401     401"),
        new(Reactions("POST"), Ids.OfNothing, Like,                                            "401     404     404     404     404     404     404     401     401"),
        new(Reactions("PUT", "/{type}"), Ids.OfOneStream, null,                                "401     200     200     200     200     200     200     401     401"),
        new(Reactions("PUT", "/{type}"), Ids.CommentOfAnotherStream, null,                     "401     404     404     404     404     404     404     401     401"),
        new(Reactions("PUT", "/{type}"), Ids.OfNothing, null,                                  "401     404     404     404     404     404     404     401     401"),
        new(Reactions("DELETE", "/{type}"), Ids.OfOneStream, null,                             "401     200     200     200     200     200     200     401     401"),
        new(Reactions("DELETE", "/{type}"), Ids.CommentOfAnotherStream, null,                  "401     404     404     404     404     404     404     401     401"),
        new(Reactions("DELETE", "/{type}"), Ids.OfNothing, null,                               "401     404     404     404     404     404     404     401     401"),
        new(Settings("GET"), Ids.OfOneStream, null,                                            "200     200     200     200     200     200     200     200     200"),
        new(Settings("GET"), Ids.OfNothing, null,                                              "404     404     404     404     404     404     404     404     404"),
        new(Settings("PUT"), Ids.OfOneStream, """{"slowModeSeconds":5}""",                     "401     403     403     200     403     200     200     401     401"),
        new(Settings("PUT"), Ids.OfNothing, "{}",                                              "401     404     404     404     404     404     404     401     401"),
        new("GET /api/streams/{streamId}/me", Ids.OfOneStream, null,                           "401     200     200     200     200     200     200     401     401"),
        new("GET /api/streams/{streamId}/me", Ids.OfNothing, null,                             "401     404     404     404     404     404     404     401     401"),
        new("GET /api/streams/{streamId}/comments/held", Ids.OfOneStream, null,                "401     200     200     200     200     200     200     401     401"),
        new("GET /api/streams/{streamId}/comments/held", Ids.OfNothing, null,                  "401     404     404     404     404     404     404     401     401"),
        new(Moderation("GET", "acts"), Ids.OfOneStream, null,                                  "401     403     403     200     403     200     200     401     401"),
        new(Moderation("GET", "acts"), Ids.OfNothing, null,                                    "401     404     404     404     404     404     404     401     401"),
        new(Moderation("GET", "acts/export"), Ids.OfOneStream, null,                           "401     403     403     200     403     200     200     401     401"),
        new(Moderation("GET", "acts/export"), Ids.OfNothing, null,                             "401     404     404     404     404     404     404     401     401"),
        new("GET /api/moderation/acts/export", Ids.OfOneStream, null,                          "401     403     403     403     403     403     200     401     401"),
        new(Moderation("GET", "queue"), Ids.OfOneStream, null,                                 "401     403     403     200     403     200     200     401     401"),
        new(Moderation("GET", "queue"), Ids.OfNothing, null,                                   "401     404     404     404     404     404     404     401     401"),
        new(Moderation("POST", "queue/claim"), Ids.OfOneStream, "{}",                          "401     403     403     200     403     200     200     401     401"),
        new(Moderation("POST", "queue/claim"), Ids.OfNothing, "{}",                            "401     404     404     404     404     404     404     401     401"),
        // A comment that was never held.
        new(Moderation("POST", "queue/{commentId}/approve"), Ids.OfOneStream, "{}",            "401     403     403     404     403     404     404     401     401"),
        new(Moderation("POST", "queue/{commentId}/approve"), Ids.OfNothing, "{}",              "401     404     404     404     404     404     404     401     401"),
        new(Moderation("POST", "queue/{commentId}/reject"), Ids.OfOneStream, "{}",             "401     403     403     404     403     404     404     401     401"),
        new(Moderation("POST", "queue/{commentId}/reject"), Ids.OfNothing, "{}",               "401     404     404     404     404     404     404     401     401"),
        new(Moderation("POST", "queue/{commentId}/release"), Ids.OfOneStream, null,            "401     403     403     404     403     404     404     401     401"),
        new(Moderation("POST", "queue/{commentId}/release"), Ids.OfNothing, null,              "401     404     404     404     404     404     404     401     401"),
        new("GET /api/moderation/queue", Ids.OfOneStream, null,                                "401     403     403     403     403     403     200     401     401"),
        new("POST /api/moderation/queue/claim", Ids.OfOneStream, "{}",                         "401     403     403     403     403     403     200     401     401"),
        new("GET /api/moderation/reports", Ids.OfOneStream, null,                              "401     403     403     403     403     403     200     401     401"),
        new(Moderation("POST", "comments/{commentId}/delete"), Ids.OfOneStream, "{}",          "401     403     403     204     403     204     204     401     401"),
        new(Moderation("POST", "comments/{commentId}/delete"), Ids.CommentOfAnotherStream, "{}", "401   403     403     404     403     404     404     401     401"),
        new(Moderation("POST", "comments/{commentId}/delete"), Ids.OfNothing, "{}",            "401     404     404     404     404     404     404     401     401"),
        new("POST /api/streams/{streamId}/comments/{commentId}/reports", Ids.OfOneStream, Spam, "401    403     204     204     204     204     204     401     401"),
        new("POST /api/streams/{streamId}/comments/{commentId}/reports", Ids.CommentOfAnotherStream, Spam, "401 404 404   404     404     404     404     401     401"),
        new("POST /api/streams/{streamId}/comments/{commentId}/reports", Ids.OfNothing, Spam,  "401     404     404     404     404     404     404     401     401"),
        new(Moderation("GET", "reports"), Ids.OfOneStream, null,                               "401     403     403     200     403     200     200     401     401"),
        new(Moderation("GET", "reports"), Ids.OfNothing, null,                                 "401     404     404     404     404     404     404     401     401"),
        new(Moderation("POST", "reports/{commentId}/keep"), Ids.OfOneStream, "{}",             "401     403     403     204     403     204     204     401     401"),
        new(Moderation("POST", "reports/{commentId}/keep"), Ids.CommentOfAnotherStream, "{}",  "401     403     403     404     403     404     404     401     401"),
        new(Moderation("POST", "reports/{commentId}/keep"), Ids.OfNothing, "{}",               "401     404     404     404     404     404     404     401     401"),
        new(Moderation("POST", "comments/{commentId}/hide"), Ids.OfOneStream, "{}",        "401     403     403     204     403     204     204     401     401"),
        new(Moderation("POST", "comments/{commentId}/hide"), Ids.CommentOfAnotherStream, "{}", "401   403     403     404     403     404     404     401     401"),
        new(Moderation("POST", "comments/{commentId}/hide"), Ids.OfNothing, "{}",          "401     404     404     404     404     404     404     401     401"),
        new(Moderation("POST", "comments/{commentId}/unhide"), Ids.OfOneStream, "{}",      "401     403     403     204     403     204     204     401     401"),
        new(Moderation("POST", "comments/{commentId}/unhide"), Ids.CommentOfAnotherStream, "{}", "401   403     403     404     403     404     404     401     401"),
        new(Moderation("POST", "comments/{commentId}/unhide"), Ids.OfNothing, "{}",        "401     404     404     404     404     404     404     401     401"),
        new(Moderation("GET", "hidden"), Ids.OfOneStream, null,                                "401     403     403     200     403     200     200     401     401"),
        new(Moderation("GET", "hidden"), Ids.OfNothing, null,                                  "401     404     404     404     404     404     404     401     401"),
        new(Moderation("PUT", "comments/{commentId}/pin"), Ids.OfOneStream, null,              "401     403     403     204     403     204     204     401     401"),
        new(Moderation("PUT", "comments/{commentId}/pin"), Ids.CommentOfAnotherStream, null,   "401     403     403     404     403     404     404     401     401"),
        new(Moderation("PUT", "comments/{commentId}/pin"), Ids.OfNothing, null,                "401     404     404     404     404     404     404     401     401"),
        new(Moderation("DELETE", "comments/{commentId}/pin"), Ids.OfOneStream, null,              "401     403     403     204     403     204     204     401     401"),
        new(Moderation("DELETE", "comments/{commentId}/pin"), Ids.CommentOfAnotherStream, null,   "401     403     403     404     403     404     404     401     401"),
        new(Moderation("DELETE", "comments/{commentId}/pin"), Ids.OfNothing, null,                "401     404     404     404     404     404     404     401     401"),
        new(Moderation("PUT", "comments/{commentId}/highlight"), Ids.OfOneStream, null,              "401     403     403     204     403     204     204     401     401"),
        new(Moderation("PUT", "comments/{commentId}/highlight"), Ids.CommentOfAnotherStream, null,   "401     403     403     404     403     404     404     401     401"),
        new(Moderation("PUT", "comments/{commentId}/highlight"), Ids.OfNothing, null,                "401     404     404     404     404     404     404     401     401"),
        new(Moderation("DELETE", "comments/{commentId}/highlight"), Ids.OfOneStream, null,              "401     403     403     204     403     204     204     401     401"),
        new(Moderation("DELETE", "comments/{commentId}/highlight"), Ids.CommentOfAnotherStream, null,   "401     403     403     404     403     404     404     401     401"),
        new(Moderation("DELETE", "comments/{commentId}/highlight"), Ids.OfNothing, null,                "401     404     404     404     404     404     404     401     401"),
        new("GET /api/streams/{streamId}/pinned", Ids.OfOneStream, null,                        "204     204     204     204     204     204     204     204     204"),
        new("GET /api/streams/{streamId}/pinned", Ids.OfNothing, null,                          "404     404     404     404     404     404     404     404     404"),
        new(Moderation("GET", "sanctions"), Ids.OfOneStream, null,                             "401     403     403     200     403     200     200     401     401"),
        new(Moderation("GET", "sanctions"), Ids.OfNothing, null,                               "401     404     404     404     404     404     404     401     401"),
        new(Moderation("PUT", "sanctions/{kind}/{userId}"), Ids.OfOneStream, "{}",             "401     403     403     200     403     200     200     401     401"),
        new(Moderation("PUT", "sanctions/{kind}/{userId}"), Ids.OfNothing, "{}",               "401     404     404     404     404     404     404     401     401"),
        new(Moderation("DELETE", "sanctions/{kind}/{userId}"), Ids.OfOneStream, null,          "401     403     403     204     403     204     204     401     401"),
        new(Moderation("DELETE", "sanctions/{kind}/{userId}"), Ids.OfNothing, null,            "401     404     404     404     404     404     404     401     401"),
        new(Moderation("GET", "rules"), Ids.OfOneStream, null,                                 "401     403     403     200     403     200     200     401     401"),
        new(Moderation("GET", "rules"), Ids.OfNothing, null,                                   "401     404     404     404     404     404     404     401     401"),
        new(Moderation("PUT", "rules"), Ids.OfOneStream, "{}",                                 "401     403     403     200     403     200     200     401     401"),
        new(Moderation("PUT", "rules"), Ids.OfNothing, "{}",                                   "401     404     404     404     404     404     404     401     401"),
        new(Moderation("GET", "moderators"), Ids.OfOneStream, null,                            "401     403     403     200     403     200     200     401     401"),
        new(Moderation("GET", "moderators"), Ids.OfNothing, null,                              "401     404     404     404     404     404     404     401     401"),
        new(Moderation("PUT", "moderators/{userId}"), Ids.OfOneStream, null,                   "401     403     403     204     403     403     204     401     401", StreamModerator: 403),
        new(Moderation("PUT", "moderators/{userId}"), Ids.OfNothing, null,                     "401     404     404     404     404     404     404     401     401"),
        new(Moderation("DELETE", "moderators/{userId}"), Ids.OfOneStream, null,                "401     403     403     204     403     403     204     401     401", StreamModerator: 403),
        new(Moderation("DELETE", "moderators/{userId}"), Ids.OfNothing, null,                  "401     404     404     404     404     404     404     401     401"),
        new("GET /api/streams/{streamId}/analytics", Ids.OfOneStream, null,                    "401     403     403     200     403     200     200     401     401"),
        new("GET /api/streams/{streamId}/analytics", Ids.OfNothing, null,                      "401     404     404     404     404     404     404     401     401"),
        new("GET /api/streams/{streamId}/slo", Ids.OfOneStream, null,                          "401     403     403     200     403     200     200     401     401"),
        new("GET /api/streams/{streamId}/slo", Ids.OfNothing, null,                            "401     404     404     404     404     404     404     401     401"),
        new(Moderation("POST", "dry-run"), Ids.OfOneStream, """{"rules":{}}""",                "401     403     403     200     403     200     200     401     401"),
        new(Moderation("POST", "dry-run"), Ids.OfNothing, """{"rules":{}}""",                  "401     404     404     404     404     404     404     401     401"),
        new("GET /api/moderation/acts", Ids.OfOneStream, null,                                 "401     403     403     403     403     403     200     401     401"),
        new("GET /api/moderation/sanctions", Ids.OfOneStream, null,                            "401     403     403     403     403     403     200     401     401"),
        new("PUT /api/moderation/sanctions/{kind}/{userId}", Ids.OfOneStream, "{}",            "401     403     403     403     403     403     200     401     401"),
        new("DELETE /api/moderation/sanctions/{kind}/{userId}", Ids.OfOneStream, null,         "401     403     403     403     403     403     204     401     401"),
        new("GET /api/moderation/rules", Ids.OfOneStream, null,                                "401     403     403     403     403     403     200     401     401"),
        new("PUT /api/moderation/rules", Ids.OfOneStream, "{}",                                "401     403     403     403     403     403     200     401     401"),
        new("GET /api/users/me", Ids.OfOneStream, null,                                        "401     200     200     200     200     200     200     401     401"),
        new("GET /api/users/me/follows", Ids.OfOneStream, null,                                "401     200     200     200     200     200     200     401     401"),
        new("PUT /api/users/{userId}/follow", Ids.OfOneStream, null,                           "401     204     204     204     204     204     204     401     401"),
        new("DELETE /api/users/{userId}/follow", Ids.OfOneStream, null,                        "401     204     204     204     204     204     204     401     401"),
        new("POST /api/auth/tickets", Ids.OfOneStream, """{"streamId":"{streamId}"}""",        "401     200     200     200     200     200     200     401     401"),
        new("POST /api/auth/tickets", Ids.OfNothing, """{"streamId":"{streamId}"}""",          "401     404     404     404     404     404     404     401     401"),
        new("POST /api/auth/dev-token", Ids.OfOneStream, """{"username":"eve"}""",             "200     200     200     200     200     200     200     200     200", ForAll: true),
        new("POST /api/telemetry/display", Ids.OfOneStream, """{"transport":"sse","latenciesMs":[40],"clockErrorMs":5}""", "200 200 200 200 200 200 200 200 200", ForAll: true),
        new(Watch, Ids.OfOneStream, null,                                                      "200     200     200     200     200     200     200     200     200"),
        new(Watch, Ids.OfNothing, null,                                                        "404     404     404     404     404     404     404     404     404"),
    ];

    private static string Settings(string method) => $"{method} /api/streams/{{streamId}}/settings";

    private static string Moderation(string method, string rest) => $"{method} /api/streams/{{streamId}}/moderation/{rest}";

    private static string Reactions(string method, string rest = "") => $"{method} /api/streams/{{streamId}}/comments/{{commentId}}/reactions{rest}";

    /// <param name="Operation">Method and address, as in the OpenAPI document.</param>
    /// <param name="Ids">What goes into the address.</param>
    /// <param name="Body">JSON, with places like those of the address.</param>
    /// <param name="Statuses">One for each <see cref="Caller"/>, where anybody may read.</param>
    /// <param name="ForAll">It asks nobody who they are, whether anybody may read or not.</param>
    /// <param name="StreamModerator">What a moderator of this stream alone is answered, where it is not what the broadcaster is.</param>
    private sealed record Row(string Operation, Ids Ids, string? Body, string Statuses, bool ForAll = false, int? StreamModerator = null)
    {
        public int StatusFor(Caller caller, bool anonymousReads)
        {
            if (caller == Caller.StreamModerator && StreamModerator is { } own)
                return own;
            var column = caller switch { Caller.StreamModerator => Caller.Broadcaster, Caller.FormerModerator => Caller.OtherUser, _ => caller };
            var status = int.Parse(Statuses.Split(' ', StringSplitOptions.RemoveEmptyEntries)[(int)column], CultureInfo.InvariantCulture);
            return !anonymousReads && caller.IsNobody() && !ForAll ? 401 : status;
        }
    }

    [Fact]
    public async Task Every_operation_has_a_row_and_every_row_an_operation()
    {
        using var client = AccessSystem.ClientOf(system.Api);
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
        var described = from path in document.RootElement.GetProperty("paths").EnumerateObject()
                        from method in path.Value.EnumerateObject()
                        where path.Name.StartsWith("/api/", StringComparison.Ordinal)
                        select $"{method.Name.ToUpperInvariant()} {path.Name}";
        Assert.Equal(described.Append(Watch).Order(StringComparer.Ordinal), Rows.Select(row => row.Operation).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everybody_may_do_what_their_role_allows_and_nothing_else(bool anonymousReads)
    {
        var api = Callers.All.ToDictionary(caller => caller, caller => AccessSystem.ClientOf(anonymousReads ? system.Api : system.ClosedApi, Callers.TokenOf(caller)));
        var fanout = Callers.All.ToDictionary(caller => caller, caller => AccessSystem.ClientOf(anonymousReads ? system.Fanout : system.ClosedFanout, Callers.TokenOf(caller)));
        var elsewhere = await CommentAsync(api, await StreamAsync(api, Caller.OtherBroadcaster));
        var differences = new List<string>();
        foreach (var row in Rows)
        {
            foreach (var caller in Callers.All)
            {
                // New ones for each cell: what one caller does must not change what the next one finds.
                var stream = row.Ids == Ids.OfNothing ? "no-such-stream" : await StreamAsync(api, Caller.Broadcaster);
                if (row.Ids != Ids.OfNothing)
                    await AppointAsync(api[Caller.Broadcaster], stream, caller);
                var comment = row.Ids switch
                {
                    Ids.OfNothing => "1",
                    Ids.CommentOfAnotherStream => elsewhere,
                    _ => row.Operation.Contains("{commentId}", StringComparison.Ordinal) || row.Body?.Contains("{commentId}", StringComparison.Ordinal) == true ? await CommentAsync(api, stream) : "",
                };
                var client = (row.Operation == Watch ? fanout : api)[caller];
                using var answer = await AskAsync(client, row, stream, comment);
                var expected = row.StatusFor(caller, anonymousReads);
                if ((int)answer.StatusCode != expected)
                    differences.Add($"{row.Operation}, ids {row.Ids}, {caller}: {(int)answer.StatusCode} instead of {expected}");
            }
        }

        foreach (var client in api.Values.Concat(fanout.Values))
            client.Dispose();
        Assert.Empty(differences);
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, Row row, string stream, string comment)
    {
        string Filled(string text) => text.Replace("{streamId}", stream, StringComparison.Ordinal).Replace("{commentId}", comment, StringComparison.Ordinal).Replace("{type}", "like", StringComparison.Ordinal)
            .Replace("{kind}", SanctionKinds.Mute, StringComparison.Ordinal).Replace("{userId}", "somebody-else", StringComparison.Ordinal);

        var operation = row.Operation.Split(' ');
        using var request = new HttpRequestMessage(new HttpMethod(operation[0]), new Uri(Filled(operation[1]), UriKind.Relative));
        if (row.Body is not null)
            request.Content = new StringContent(Filled(row.Body), Encoding.UTF8, "application/json");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<string> StreamAsync(Dictionary<Caller, HttpClient> clients, Caller creator) =>
        (await RunningSystem.NewStreamAsync(clients[creator])).Id;

    private static async Task AppointAsync(HttpClient broadcaster, string stream, Caller caller)
    {
        if (caller is not (Caller.StreamModerator or Caller.FormerModerator))
            return;
        var place = new Uri($"/api/streams/{stream}/moderation/moderators/{Callers.IdOf(caller)}", UriKind.Relative);
        using var named = await broadcaster.PutAsync(place, null);
        Assert.Equal(HttpStatusCode.NoContent, named.StatusCode);
        if (caller == Caller.StreamModerator)
            return;
        using var dismissed = await broadcaster.DeleteAsync(place);
        Assert.Equal(HttpStatusCode.NoContent, dismissed.StatusCode);
    }

    private static async Task<string> CommentAsync(Dictionary<Caller, HttpClient> clients, string stream) =>
        (await RunningSystem.PostAcceptedAsync(clients[Caller.Author], stream, "at hand")).Id;
}
