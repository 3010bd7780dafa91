using LiveComments.ServiceDefaults.Telemetry.PrometheusText;

namespace LiveComments.UnitTests.Telemetry;

public sealed class PrometheusNamesTests
{
    [Theory]
    [InlineData("livecomments.comments.posted", "{comment}", "counter", "livecomments_comments_posted_total")]
    [InlineData("http.server.request.duration", "s", "histogram", "http_server_request_duration_seconds")]
    [InlineData("dotnet.process.cpu.time", "s", "counter", "dotnet_process_cpu_time_seconds_total")]
    [InlineData("dotnet.process.memory.working_set", "By", "gauge", "dotnet_process_memory_working_set_bytes")]
    [InlineData("cpu.utilization", "1", "gauge", "cpu_utilization_ratio")]
    [InlineData("requests", "1", "counter", "requests_total")]
    [InlineData("requests_total", "", "counter", "requests_total")]
    [InlineData("wait_seconds", "s", "histogram", "wait_seconds")]
    [InlineData("wait_seconds_total", "s", "counter", "wait_seconds_total")]
    [InlineData("milliseconds", "ms", "gauge", "milliseconds")]
    [InlineData("speed", "m/s", "gauge", "speed_meters_per_second")]
    [InlineData("rate", "{message}/s", "gauge", "rate_per_second")]
    [InlineData("load", "%", "gauge", "load_percent")]
    [InlineData("queue", "item(s)", "gauge", "queue_item_s")]
    [InlineData("9lives--of.a  cat", "", "gauge", "_9lives_of_a_cat")]
    [InlineData("grün", "", "gauge", "gr_n")]
    [InlineData("job:rate", "", "gauge", "job:rate")]
    public void Names_carry_unit_and_kind(string name, string unit, string kind, string expected) =>
        Assert.Equal(expected, PrometheusNames.OfMetric(name, unit, kind == "counter", kind == "gauge").Name);

    [Theory]
    [InlineData("http.response.status_code", "http_response_status_code")]
    [InlineData("__name__", "_name_")]
    [InlineData("a:b", "a_b")]
    [InlineData("1st", "_1st")]
    [InlineData("", "_")]
    public void Labels_are_plain(string name, string expected) => Assert.Equal(expected, PrometheusNames.OfLabel(name));
}
