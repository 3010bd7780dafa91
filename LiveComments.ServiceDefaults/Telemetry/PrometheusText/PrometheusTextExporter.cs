using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace LiveComments.ServiceDefaults.Telemetry.PrometheusText;

/// <summary>Turns one collection into text. Pull only: nothing happens until <see cref="Collect"/> is called, by one caller at a time.</summary>
[ExportModes(ExportModes.Pull)]
public sealed class PrometheusTextExporter : BaseExporter<Metric>, IPullMetricExporter
{
    /// <summary>Set by the reader; runs a collection, which ends in <see cref="Export"/>.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>The last collection's text.</summary>
    internal byte[]? Text { get; private set; }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        var page = new PrometheusPage();
        page.Add(ParentProvider.GetResource());
        foreach (var metric in batch)
            page.Add(metric);
        Text = page.ToUtf8();
        return ExportResult.Success;
    }
}
