using System.Buffers;

namespace NATS.Client.Core.Internal;

/// <summary>A subject with white space would be read by the server as another command.</summary>
internal static class SubjectRules
{
    private static readonly SearchValues<char> WhiteSpace = SearchValues.Create(" \t\r\n");

    public static void CheckSubject(string? subject)
    {
        if (string.IsNullOrEmpty(subject) || subject.AsSpan().ContainsAny(WhiteSpace))
            throw new NatsException("Subject is invalid.");
    }

    public static void CheckReplyTo(string? replyTo)
    {
        if (replyTo is not null)
            CheckSubject(replyTo);
    }

    public static void CheckQueueGroup(string? queueGroup)
    {
        if (queueGroup is not null && (queueGroup.Length == 0 || queueGroup.AsSpan().ContainsAny(WhiteSpace)))
            throw new NatsException("Queue group is invalid.");
    }
}
