using System.Reflection;

namespace LiveComments.UnitTests.Feed;

/// <summary>A client library's interface of which a test answers the few members that matter; calling another is a failure of its own.</summary>
public class Answering : DispatchProxy
{
    private Func<string, object?[], object?> _answer = (name, _) => throw new NotSupportedException(name);

    public static T As<T>(Func<string, object?[], object?> answer) where T : class
    {
        var proxy = Create<T, Answering>();
        ((Answering)(object)proxy)._answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!.Name, args ?? []);
}
