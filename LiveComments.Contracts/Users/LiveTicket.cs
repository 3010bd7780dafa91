namespace LiveComments.Contracts;

/// <summary>Body of <c>POST /api/auth/tickets</c>.</summary>
/// <param name="StreamId">The one stream that the ticket lets its bearer watch.</param>
public sealed record LiveTicketRequest(string? StreamId);

/// <summary>A ticket for <c>GET /live/streams/{streamId}/events?ticket=…</c>, since an <c>EventSource</c> can send no token.</summary>
/// <param name="Ticket">To be used once; worthless afterwards.</param>
/// <param name="ExpiresAt">Until when it can be used.</param>
public sealed record LiveTicket(string Ticket, DateTimeOffset ExpiresAt);
