using System.Diagnostics.CodeAnalysis;

namespace NATS.Client.Core;

public class NatsException : Exception
{
    public NatsException(string message)
        : base(message)
    {
    }

    public NatsException(string message, Exception exception)
        : base(message, exception)
    {
    }
}

/// <summary>No reply came in time.</summary>
public sealed class NatsNoReplyException : NatsException
{
    public NatsNoReplyException()
        : base("No reply received")
    {
    }
}

/// <summary>The server says that nobody listens on the subject.</summary>
public sealed class NatsNoRespondersException : NatsException
{
    public NatsNoRespondersException()
        : base("No responders")
    {
    }
}

/// <summary>An <c>-ERR</c> line of the server, in lower case.</summary>
public sealed class NatsServerException : NatsException
{
    private static readonly string[] AuthErrors =
        ["authorization violation", "user authentication expired", "user authentication revoked", "account authentication expired"];

    [SuppressMessage("Globalization", "CA1308", Justification = "The error is documented as lower case.")]
    public NatsServerException(string error)
        : base($"Server error: {error}")
    {
        Error = error.ToLowerInvariant();
        IsAuthError = AuthErrors.Any(text => Error.Contains(text, StringComparison.Ordinal));
    }

    public string Error { get; }

    public bool IsAuthError { get; }
}

public sealed class NatsPayloadTooLargeException : NatsException
{
    public NatsPayloadTooLargeException(string error)
        : base(error)
    {
    }
}

/// <summary>The connection is given up; it won't come back.</summary>
public sealed class NatsConnectionFailedException(string message) : NatsException(message);

public sealed class NatsProtocolViolationException(string message) : NatsException(message);

/// <summary>A command waited longer than <see cref="NatsOpts.CommandTimeout"/> for room in the write buffer.</summary>
public sealed class NatsTimeoutException() : NatsException("Operation timed out");

/// <summary>A payload that its deserializer refused; found in <see cref="NatsMsg{T}.Error"/>.</summary>
public class NatsDeserializeException : NatsException
{
    public NatsDeserializeException(byte[] rawData, Exception inner)
        : base("Exception during deserialization", inner) => RawData = rawData;

    public byte[] RawData { get; }
}

/// <summary>Headers that are none; found in <see cref="NatsMsg{T}.Error"/>.</summary>
public class NatsHeaderParseException : NatsException
{
    public NatsHeaderParseException(byte[] rawData, Exception inner)
        : base("Exception parsing headers", inner) => RawData = rawData;

    public byte[] RawData { get; }
}
