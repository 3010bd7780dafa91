using Microsoft.AspNetCore.SignalR;

namespace LiveComments.Bench.Peers.SignalR;

/// <summary>Puts each viewer into the group of the one stream that is measured.</summary>
sealed class CommentsHub : Hub
{
    public const string Stream = "bench";

    public override Task OnConnectedAsync() => Groups.AddToGroupAsync(Context.ConnectionId, Stream);
}
