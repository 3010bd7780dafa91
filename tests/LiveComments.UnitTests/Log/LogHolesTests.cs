using LiveComments.Api.Log;
using NATS.Client.JetStream.Models;

namespace LiveComments.UnitTests.Log;

/// <summary>How many entries are missing, by what nats-server counts.</summary>
public sealed class LogHolesTests
{
    [Theory]
    [InlineData(0ul, 0ul, 0, 0ul)]
    [InlineData(1ul, 30ul, 30, 0ul)]
    // All have aged away: the first will be the next.
    [InlineData(31ul, 30ul, 0, 0ul)]
    // The beginning has aged away.
    [InlineData(21ul, 30ul, 10, 0ul)]
    [InlineData(1ul, 30ul, 22, 8ul)]
    [InlineData(21ul, 30ul, 9, 1ul)]
    [InlineData(1ul, 1ul, 0, 1ul)]
    public void Between_the_first_and_the_last_there_is_one_for_each_sequence(ulong first, ulong last, long messages, ulong missing) =>
        Assert.Equal(missing, new StreamState { FirstSeq = first, LastSeq = last, Messages = messages }.MissingEntries());
}
