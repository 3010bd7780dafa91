namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Makes one value out of another.</summary>
public delegate TResult Projection<T, out TResult>(in T x);

/// <summary>Makes one value out of another and a state.</summary>
public delegate TResult Projection<T1, T2, out TResult>(in T1 x1, in T2 x2);

public static class SequenceExtensions
{
    public static TTo[] ToArray<TFrom, TTo>(this in Sequence<TFrom> source, Projection<TFrom, TTo> projection)
    {
        if (source.IsEmpty)
            return [];
        var array = new TTo[source.Length];
        CopyTo(source, array, projection);
        return array;
    }

    public static TTo[] ToArray<TFrom, TState, TTo>(this in Sequence<TFrom> source, Projection<TFrom, TState, TTo> projection, in TState state)
    {
        if (source.IsEmpty)
            return [];
        var array = new TTo[source.Length];
        var index = 0;
        foreach (ref var element in source)
            array[index++] = projection(in element, in state);
        return array;
    }

    public static void CopyTo<TFrom, TTo>(this in Sequence<TFrom> source, Span<TTo> destination, Projection<TFrom, TTo> projection)
    {
        if (source.Length > destination.Length)
            throw new ArgumentException("The destination is too short.", nameof(destination));
        var index = 0;
        foreach (ref var element in source)
            destination[index++] = projection(in element);
    }
}
