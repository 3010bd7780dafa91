using System.Diagnostics.Metrics;

namespace LiveComments.Api.Admission;

sealed class AdmissionMetrics
{
    private readonly Counter<long> _exceeded;

    public AdmissionMetrics(IMeterFactory meters) =>
        _exceeded = meters.Create("LiveComments.Api.Admission").CreateCounter<long>("livecomments.rate_limit.exceeded", "{post}", "Posts refused because of a rate limit.");

    public void Exceeded(string limit) => _exceeded.Add(1, new KeyValuePair<string, object?>("limit", limit));
}
