using LiveComments.Contracts;

namespace LiveComments.UnitTests.Contracts;

public sealed class LogSubjectsTests
{
    [Fact]
    public void A_subject_gives_its_stream_back() => Assert.Equal("my-stream_1", LogSubjects.StreamIdOf(LogSubjects.Append(3, 2, "my-stream_1")));

    [Fact]
    public void No_two_epochs_share_a_subject()
    {
        // The first epoch's are written down: logs of that name exist.
        Assert.Equal("log.0.a", LogSubjects.Append(0, 1, "a"));
        Assert.Equal("log.0-2.a", LogSubjects.Append(0, 2, "a"));
        Assert.Equal("live.0-2.>", LogSubjects.AllLiveOf(0, 2));
    }

    [Theory]
    [InlineData("LOG_0_1", 1)]
    [InlineData("LOG_0_27", 27)]
    [InlineData("LOG_1_1", null)]
    [InlineData("LOG_0_0", null)]
    [InlineData("LOG_0_x", null)]
    [InlineData("LOG_0_ 2", null)]
    [InlineData("SOMEBODY_ELSES", null)]
    public void The_epoch_is_read_from_names_of_ours_only(string name, int? epoch) => Assert.Equal(epoch, LogSubjects.EpochOf(name, 0));

    [Fact]
    public void A_streams_shard_never_changes()
    {
        // Computed once and written down: a change here would lose every live stream's past.
        Assert.Equal([2, 0, 2], new[] { "demo", "a", "stream-42" }.Select(id => Shards.Of(id, 4)));
        Assert.Equal(0, Shards.Of("anything", 1));
    }
}
