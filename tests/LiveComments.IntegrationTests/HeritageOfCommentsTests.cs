using LiveComments.Api.Log;

namespace LiveComments.IntegrationTests;

/// <summary>What a new epoch takes over of what was said.</summary>
public sealed class HeritageOfCommentsTests(LogAndDatabase parts) : IClassFixture<LogAndDatabase>
{
    [Fact]
    public async Task What_was_said_in_the_new_epoch_already_is_no_heritage()
    {
        var stream = await parts.NewStreamAsync();
        await parts.PersistAsync((await parts.PostAsync(stream)).Sequence);
        var heritage = new HeritageOfComments(parts.Database);
        Assert.Single(await heritage.NewestAsync(epoch: 2, logs: [], stream, askPostgres: true, CancellationToken.None));
        // Another process began this epoch, and took a post that is in Postgres before we have looked.
        Assert.Empty(await heritage.NewestAsync(epoch: 1, logs: [], stream, askPostgres: true, CancellationToken.None));
    }
}
