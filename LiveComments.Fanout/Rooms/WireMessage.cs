using LiveComments.Contracts;

namespace LiveComments.Fanout.Rooms;

/// <summary>A message for viewers, before a transport gives it its own form.</summary>
/// <param name="Type">One of <see cref="ServerMessageTypes"/>; empty when there is nothing to show and only the cursor moves.</param>
/// <param name="Cursor">Where to resume from after it; null when it is no part of the log.</param>
/// <param name="Json">The whole of <c>{"type":…,"payload":…}</c> in one line; empty when the type is.</param>
readonly record struct WireMessage(string Type, Cursor? Cursor, ReadOnlyMemory<byte> Json);
