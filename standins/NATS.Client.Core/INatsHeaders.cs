using Microsoft.Extensions.Primitives;

namespace NATS.Client.Core;

public interface INatsHeaders : IDictionary<string, StringValues>
{
}
