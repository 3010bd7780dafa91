namespace Pipelines.Sockets.Unofficial.Arenas;

public readonly partial struct Sequence<T>
{
    public ref struct Enumerator
    {
        private SpanEnumerator _blocks;
        private Span<T> _span;
        private int _index;

        internal Enumerator(Sequence<T> sequence)
        {
            _blocks = new SpanEnumerator(sequence);
            _span = default;
            _index = -1;
        }

        public readonly ref T Current => ref _span[_index];

        public bool MoveNext()
        {
            if (++_index < _span.Length)
                return true;
            if (!_blocks.MoveNext())
            {
                _index = _span.Length;
                return false;
            }

            // A sequence has no empty spans.
            _span = _blocks.Current;
            _index = 0;
            return true;
        }

        /// <summary>Moves on and gives the element; for callers that know that there is one.</summary>
        public ref T GetNext()
        {
            if (!MoveNext())
                ThrowOutside();
            return ref _span[_index];
        }
    }

    public readonly ref struct SpanEnumerable
    {
        private readonly Sequence<T> _sequence;

        internal SpanEnumerable(Sequence<T> sequence) => _sequence = sequence;

        public SpanEnumerator GetEnumerator() => new(_sequence);
    }

    public ref struct SpanEnumerator
    {
        private Block<T>? _next;
        private int _offset;
        private int _remaining;

        internal SpanEnumerator(Sequence<T> sequence)
        {
            _next = sequence._block;
            _offset = sequence._offset;
            _remaining = sequence._length;
        }

        public Span<T> Current { get; private set; }

        public bool MoveNext()
        {
            if (_remaining == 0)
                return false;
            var block = _next!;
            Current = block.Span.Slice(_offset, Math.Min(_remaining, block.Length - _offset));
            _remaining -= Current.Length;
            _offset = 0;
            _next = block.Next;
            return true;
        }
    }
}
