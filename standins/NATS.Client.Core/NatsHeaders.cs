using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Primitives;
using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

/// <summary>The headers of a message: names, in any case, to one or more values.</summary>
public class NatsHeaders : INatsHeaders
{
    private Dictionary<string, StringValues>? _store;

    public NatsHeaders()
    {
    }

    public NatsHeaders(Dictionary<string, StringValues>? store) => _store = store;

    public NatsHeaders(int capacity) => _store = NewStore(capacity);

    public enum Messages
    {
        Text,
        IdleHeartbeat,
        BadRequest,
        ConsumerDeleted,
        ConsumerIsPushBased,
        NoMessages,
        RequestTimeout,
        MessageSizeExceedsMaxBytes,
        RequestsPending,
    }

    public int Version => 1;

    /// <summary>The status of the version line, such as 404; 0 when it has none.</summary>
    public int Code { get; internal set; }

    public string MessageText { get; internal set; } = string.Empty;

    public Messages Message { get; internal set; } = Messages.Text;

    public NatsException? Error { get; internal set; }

    public int Count => _store?.Count ?? 0;

    public bool IsReadOnly => false;

    public ICollection<string> Keys => _store is null ? [] : _store.Keys;

    public ICollection<StringValues> Values => _store is null ? [] : _store.Values;

    private Dictionary<string, StringValues> Store => _store ??= NewStore(capacity: 1);

    /// <summary>Reading a name that isn't there gives no values; setting no values removes the name.</summary>
    public StringValues this[string key]
    {
        get => TryGetValue(key, out var value) ? value : StringValues.Empty;
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            if (value.Count == 0)
                _store?.Remove(key);
            else
                Store[key] = value;
        }
    }

    public void Add(KeyValuePair<string, StringValues> item) => Store.Add(item.Key, item.Value);

    public void Add(string key, StringValues value) => Store.Add(key, value);

    public void Clear() => _store?.Clear();

    public bool Contains(KeyValuePair<string, StringValues> item) => TryGetValue(item.Key, out var value) && value.Equals(item.Value);

    public bool ContainsKey(string key) => _store is not null && _store.ContainsKey(key);

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) => ((ICollection<KeyValuePair<string, StringValues>>)Store).CopyTo(array, arrayIndex);

    /// <summary>The length of the header block on the wire; UTF-8 unless told otherwise.</summary>
    public int GetBytesLength(Encoding? encoding = null) => HeaderCodec.Length(this, encoding ?? Encoding.UTF8);

    public bool Remove(KeyValuePair<string, StringValues> item) => Contains(item) && Remove(item.Key);

    public bool Remove(string key) => _store is not null && _store.Remove(key);

    public bool TryGetValue(string key, out StringValues value)
    {
        value = default;
        return _store is not null && _store.TryGetValue(key, out value);
    }

    public bool TryGetLastValue(string key, [NotNullWhen(returnValue: true)] out string? value)
    {
        value = TryGetValue(key, out var values) && values.Count > 0 ? values[^1] : null;
        return value is not null;
    }

    public Enumerator GetEnumerator() => _store is null ? default : new Enumerator(_store.GetEnumerator());

    IEnumerator<KeyValuePair<string, StringValues>> IEnumerable<KeyValuePair<string, StringValues>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Dictionary<string, StringValues> NewStore(int capacity) => new(capacity, StringComparer.OrdinalIgnoreCase);

    [SuppressMessage("Design", "CA1034", Justification = "Nested in the real package, too.")]
    public struct Enumerator : IEnumerator<KeyValuePair<string, StringValues>>
    {
        private readonly bool _notEmpty;
        private Dictionary<string, StringValues>.Enumerator _inner;

        internal Enumerator(Dictionary<string, StringValues>.Enumerator inner)
        {
            _inner = inner;
            _notEmpty = true;
        }

        public readonly KeyValuePair<string, StringValues> Current => _notEmpty ? _inner.Current : default;

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => _notEmpty && _inner.MoveNext();

        public readonly void Dispose()
        {
        }

        void IEnumerator.Reset()
        {
            if (_notEmpty)
                ((IEnumerator)_inner).Reset();
        }
    }
}
