using System.Globalization;

namespace LiveComments.TestSupport.Otlp;

/// <summary>A span that a service exported.</summary>
public sealed record ExportedSpan(
    string Service, string Source, string TraceId, string SpanId, string ParentId, string Name, int Kind, ulong Start, ulong End, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<(string TraceId, string SpanId)> Links);

/// <summary>A line that a service logged.</summary>
public sealed record ExportedLog(string Service, string Category, string Severity, string Body, string TraceId, string SpanId, IReadOnlyDictionary<string, string> Attributes);

/// <summary>OTLP's messages, read as far as tests look at them.</summary>
internal static class OtlpMessages
{
    public static List<ExportedSpan> Spans(ReadOnlySpan<byte> request)
    {
        var spans = new List<ExportedSpan>();
        for (var resources = new ProtobufReader(request); resources.Next();)
        {
            var service = ServiceOf(resources.Bytes);
            for (var scopes = new ProtobufReader(resources.Bytes); scopes.Next();)
            {
                if (scopes.Field != 2)
                    continue;
                var source = ScopeOf(scopes.Bytes);
                for (var items = new ProtobufReader(scopes.Bytes); items.Next();)
                {
                    if (items.Field == 2)
                        spans.Add(SpanOf(items.Bytes, service, source));
                }
            }
        }

        return spans;
    }

    public static List<ExportedLog> Logs(ReadOnlySpan<byte> request)
    {
        var logs = new List<ExportedLog>();
        for (var resources = new ProtobufReader(request); resources.Next();)
        {
            var service = ServiceOf(resources.Bytes);
            for (var scopes = new ProtobufReader(resources.Bytes); scopes.Next();)
            {
                if (scopes.Field != 2)
                    continue;
                var category = ScopeOf(scopes.Bytes);
                for (var items = new ProtobufReader(scopes.Bytes); items.Next();)
                {
                    if (items.Field == 2)
                        logs.Add(LogOf(items.Bytes, service, category));
                }
            }
        }

        return logs;
    }

    private static ExportedSpan SpanOf(ReadOnlySpan<byte> message, string service, string source)
    {
        string trace = "", id = "", parent = "", name = "";
        var kind = 0;
        ulong start = 0, end = 0;
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var links = new List<(string, string)>();
        for (var field = new ProtobufReader(message); field.Next();)
        {
            switch (field.Field)
            {
                case 1:
                    trace = field.Hex;
                    break;
                case 2:
                    id = field.Hex;
                    break;
                case 4:
                    parent = field.Hex;
                    break;
                case 5:
                    name = field.Text;
                    break;
                case 6:
                    kind = (int)field.Number;
                    break;
                case 7:
                    start = field.Number;
                    break;
                case 8:
                    end = field.Number;
                    break;
                case 9:
                    AddAttribute(field.Bytes, attributes);
                    break;
                case 13:
                    links.Add(LinkOf(field.Bytes));
                    break;
            }
        }

        return new ExportedSpan(service, source, trace, id, parent, name, kind, start, end, attributes, links);
    }

    private static ExportedLog LogOf(ReadOnlySpan<byte> message, string service, string category)
    {
        string severity = "", body = "", trace = "", span = "";
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var field = new ProtobufReader(message); field.Next();)
        {
            switch (field.Field)
            {
                case 3:
                    severity = field.Text;
                    break;
                case 5:
                    body = ValueOf(field.Bytes);
                    break;
                case 6:
                    AddAttribute(field.Bytes, attributes);
                    break;
                case 9:
                    trace = field.Hex;
                    break;
                case 10:
                    span = field.Hex;
                    break;
            }
        }

        return new ExportedLog(service, category, severity, body, trace, span, attributes);
    }

    private static (string TraceId, string SpanId) LinkOf(ReadOnlySpan<byte> message)
    {
        string trace = "", span = "";
        for (var field = new ProtobufReader(message); field.Next();)
        {
            if (field.Field == 1)
                trace = field.Hex;
            else if (field.Field == 2)
                span = field.Hex;
        }

        return (trace, span);
    }

    private static string ServiceOf(ReadOnlySpan<byte> resourceItems)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var field = new ProtobufReader(resourceItems); field.Next();)
        {
            if (field.Field != 1)
                continue;
            for (var resource = new ProtobufReader(field.Bytes); resource.Next();)
            {
                if (resource.Field == 1)
                    AddAttribute(resource.Bytes, attributes);
            }
        }

        return attributes.GetValueOrDefault("service.name", "");
    }

    private static string ScopeOf(ReadOnlySpan<byte> scopeItems)
    {
        for (var field = new ProtobufReader(scopeItems); field.Next();)
        {
            if (field.Field != 1)
                continue;
            for (var scope = new ProtobufReader(field.Bytes); scope.Next();)
            {
                if (scope.Field == 1)
                    return scope.Text;
            }
        }

        return "";
    }

    private static void AddAttribute(ReadOnlySpan<byte> message, Dictionary<string, string> attributes)
    {
        string key = "", value = "";
        for (var field = new ProtobufReader(message); field.Next();)
        {
            if (field.Field == 1)
                key = field.Text;
            else if (field.Field == 2)
                value = ValueOf(field.Bytes);
        }

        attributes[key] = value;
    }

    private static string ValueOf(ReadOnlySpan<byte> message)
    {
        for (var field = new ProtobufReader(message); field.Next();)
        {
            return field.Field switch
            {
                1 => field.Text,
                2 => field.Number == 0 ? "false" : "true",
                3 => ((long)field.Number).ToString(CultureInfo.InvariantCulture),
                4 => BitConverter.UInt64BitsToDouble(field.Number).ToString(CultureInfo.InvariantCulture),
                _ => field.Hex,
            };
        }

        return "";
    }
}
