using System.Globalization;

namespace Aspire.Hosting.Dashboard.Telemetry;

/// <summary>Reads what the OpenTelemetry protocol (OTLP 1.x) sends. Field numbers are those of its protobuf definitions; what is not shown is passed over.</summary>
internal static partial class OtlpParsing
{
    // A span with more attributes, or longer ones, is cut: the page is for looking, not an archive.
    private const int MostAttributes = 40;
    private const int LongestText = 500;
    private const int MostEvents = 20;
    // Lists within lists: whoever nests them more deeply is after our stack.
    private const int DeepestList = 4;
    // A batch of a persister may link to hundreds of comments.
    private const int MostLinks = 200;

    private delegate void Reader(ReadOnlySpan<byte> message, string resource, string scope);

    public static List<SpanData> Traces(ReadOnlySpan<byte> request)
    {
        var spans = new List<SpanData>();
        EachItem(request, (span, resource, scope) => spans.Add(Span(span, resource, scope)));
        return spans;
    }

    public static List<LogRecordData> Logs(ReadOnlySpan<byte> request)
    {
        var records = new List<LogRecordData>();
        EachItem(request, (record, resource, scope) => records.Add(LogRecord(record, resource, scope)));
        return records;
    }

    // Requests of all three kinds are built alike: 1 resource items { 1 resource, 2 scope items { 1 scope, 2 item } }.
    private static void EachItem(ReadOnlySpan<byte> request, Reader read)
    {
        var requests = new ProtoReader(request);
        while (requests.Next())
        {
            if (requests.Field != 1)
                continue;
            var name = ResourceName(Child(requests.Bytes, 1));
            var items = new ProtoReader(requests.Bytes);
            while (items.Next())
            {
                if (items.Field != 2)
                    continue;
                var scope = Text(Child(items.Bytes, 1), 1);
                var inner = new ProtoReader(items.Bytes);
                while (inner.Next())
                {
                    if (inner.Field == 2)
                        read(inner.Bytes, name, scope);
                }
            }
        }
    }

    private static SpanData Span(ReadOnlySpan<byte> message, string resource, string scope)
    {
        string traceId = "", spanId = "", parent = "", name = "", status = "";
        var (kind, code) = (0, 0);
        var (start, end) = (0L, 0L);
        var attributes = new List<KeyValuePair<string, string>>();
        var events = new List<SpanEvent>();
        var links = new List<SpanLink>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: traceId = reader.Hex; break;
                case 2: spanId = reader.Hex; break;
                case 4: parent = reader.Hex; break;
                case 5: name = Cut(reader.Text); break;
                case 6: kind = (int)reader.Number; break;
                case 7: start = reader.Signed; break;
                case 8: end = reader.Signed; break;
                case 9 when attributes.Count < MostAttributes: attributes.Add(KeyValue(reader.Bytes)); break;
                case 11 when events.Count < MostEvents: events.Add(Event(reader.Bytes)); break;
                case 13 when links.Count < MostLinks: links.Add(new(Hex(reader.Bytes, 1), Hex(reader.Bytes, 2))); break;
                case 15: (status, code) = (Cut(Text(reader.Bytes, 2)), (int)Number(reader.Bytes, 3)); break;
            }
        }

        const int Error = 2;
        return new(resource, scope, traceId, spanId, parent, name, kind, start, Math.Max(start, end), code == Error, status.Length > 0 ? status : null, attributes, events, links);
    }

    private static SpanEvent Event(ReadOnlySpan<byte> message)
    {
        var attributes = new List<KeyValuePair<string, string>>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 3 && attributes.Count < MostAttributes)
                attributes.Add(KeyValue(reader.Bytes));
        }

        return new((long)Number(message, 1), Cut(Text(message, 2)), attributes);
    }

    private static LogRecordData LogRecord(ReadOnlySpan<byte> message, string resource, string scope)
    {
        // An observed time stands in for a missing one.
        var time = (long)Number(message, 1);
        return new(resource, scope, Hex(message, 9), Hex(message, 10), time != 0 ? time : (long)Number(message, 11), Text(message, 3), Cut(Any(Child(message, 5))));
    }

    private static string ResourceName(ReadOnlySpan<byte> resource)
    {
        var reader = new ProtoReader(resource);
        while (reader.Next())
        {
            if (reader.Field == 1 && KeyValue(reader.Bytes) is { Key: "service.name" } name)
                return name.Value;
        }

        return "unknown_service";
    }

    private static KeyValuePair<string, string> KeyValue(ReadOnlySpan<byte> message) => new(Cut(Text(message, 1)), Cut(Any(Child(message, 2))));

    private static string Any(ReadOnlySpan<byte> value, int depth = 0)
    {
        var reader = new ProtoReader(value);
        if (!reader.Next())
            return "";
        return reader.Field switch
        {
            1 => reader.Text,
            2 => reader.Flag ? "true" : "false",
            3 => reader.Signed.ToString(CultureInfo.InvariantCulture),
            4 => reader.Double.ToString("R", CultureInfo.InvariantCulture),
            5 when depth < DeepestList => $"[{string.Join(", ", Values(reader.Bytes, depth + 1))}]",
            7 => reader.Hex,
            _ => "…",
        };
    }

    private static List<string> Values(ReadOnlySpan<byte> array, int depth)
    {
        var values = new List<string>();
        var reader = new ProtoReader(array);
        while (reader.Next() && values.Count < MostAttributes)
            values.Add(Any(reader.Bytes, depth));
        return values;
    }

    private static ReadOnlySpan<byte> Child(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
                return reader.Bytes;
        }

        return default;
    }

    private static string Text(ReadOnlySpan<byte> message, int field) => System.Text.Encoding.UTF8.GetString(Child(message, field));

    private static string Hex(ReadOnlySpan<byte> message, int field) => Convert.ToHexStringLower(Child(message, field));

    private static ulong Number(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
                return reader.Number;
        }

        return 0;
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
