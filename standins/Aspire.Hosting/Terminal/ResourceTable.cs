using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Terminal;

internal static class ResourceTable
{
    private static readonly string[] Head = ["NAME", "TYPE", "STATE", "ENDPOINT"];

    public static IEnumerable<string> Lines(IEnumerable<(IResource Resource, CustomResourceSnapshot Snapshot)> resources)
    {
        List<string[]> rows = [Head, .. resources.Select(entry => new[]
        {
            entry.Resource.Name,
            entry.Snapshot.ResourceType,
            ResourceNotificationService.StateText(entry.Snapshot),
            string.Join("  ", entry.Snapshot.Urls.Select(url => url.Url)),
        })];
        var widths = Enumerable.Range(0, Head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
