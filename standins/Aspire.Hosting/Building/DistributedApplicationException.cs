namespace Aspire.Hosting;

public class DistributedApplicationException : Exception
{
    public DistributedApplicationException()
    {
    }

    public DistributedApplicationException(string message) : base(message)
    {
    }

    public DistributedApplicationException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>Bad input or bad luck that is no bug: the message is the one sentence that the user sees, without a stack.</summary>
internal sealed class HostFaultException : DistributedApplicationException
{
    public HostFaultException(string sentence) : base(sentence)
    {
    }

    public HostFaultException(string sentence, Exception inner) : base(sentence, inner)
    {
    }
}
