using System.Diagnostics.CodeAnalysis;

namespace NATS.Client.Core;

/// <summary>A value or the exception that stands in its place.</summary>
public readonly struct NatsResult<T>
{
    private readonly T? _value;
    private readonly Exception? _error;

    public NatsResult(T value) => _value = value;

    public NatsResult(Exception error) => _error = error;

    public T Value => _value ?? throw new InvalidOperationException("Result value is not set");

    public Exception Error => _error ?? throw new InvalidOperationException("Result error is not set");

    public bool Success => _error == null;

    [SuppressMessage("Usage", "CA2225", Justification = "The constructors are the alternates.")]
    public static implicit operator NatsResult<T>(T value) => new(value);

    [SuppressMessage("Usage", "CA2225", Justification = "The constructors are the alternates.")]
    public static implicit operator NatsResult<T>(Exception error) => new(error);
}
