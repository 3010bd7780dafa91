using LiveComments.Fanout.Transports;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Transports;

public sealed class HeartbeatWheelProperties
{
    [Fact]
    public void Nobody_is_left_without_a_word_for_longer_than_the_patience_and_nobody_gets_one_too_early() => Seed.ForEach(2_000, random =>
    {
        var patience = random.Next(1, 70);
        var wheel = new HeartbeatWheel(patience);
        var viewers = new List<Listener>();
        for (var now = 1; now < 200; now++)
        {
            wheel.Turn(now);
            var looked = new HashSet<DirectViewer>();
            // A writer thread leaves some for its next turn, but takes all before the next tick here.
            while (wheel.HasDue)
            {
                var viewer = wheel.TakeDue()!;
                Assert.True(looked.Add(viewer), "A viewer lies in the wheel twice.");
                if (viewer.State == ViewerState.Closed)
                    continue;
                if (now - viewer.LastSentTick >= patience)
                {
                    Assert.Equal(patience, now - viewer.LastSentTick);
                    viewer.LastSentTick = now;
                }

                wheel.Add(viewer, viewer.LastSentTick, now);
            }

            Assert.Null(wheel.TakeDue());
            Assert.All(viewers, viewer => Assert.InRange(now - viewer.LastSentTick, 0, patience));
            if (random.Next(4) == 0)
            {
                viewers.Add(new Listener { LastSentTick = now });
                wheel.Add(viewers[^1], now, now);
            }

            // A frame goes out to some, as often as not.
            foreach (var viewer in viewers.Where(_ => random.Next(patience) == 0))
                viewer.LastSentTick = now;
            if (viewers.Count > 0 && random.Next(20) == 0)
            {
                var gone = viewers[random.Next(viewers.Count)];
                gone.State = ViewerState.Closed;
                viewers.Remove(gone);
            }
        }
    });

    private sealed class Listener() : DirectViewer(null!, null)
    {
        protected override void OnClosed(CloseReason reason, bool whole)
        {
        }
    }
}
