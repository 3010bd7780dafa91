using LiveComments.Contracts;
using LiveComments.Faults.Judging;
using LiveComments.Faults.Oracle;
using LiveComments.Faults.Viewers;

namespace LiveComments.FaultTests;

/// <summary>A judge that finds nothing is worth nothing unless it finds what is there.</summary>
public sealed class JudgeTests
{
    private const int Posts = 100;

    private readonly List<JournalLine> _journal = [];
    private readonly List<StoredComment> _log = [];
    private readonly List<StoredComment> _rows = [];
    private readonly List<Sighting> _sightings = [];
    private readonly List<LogEnd> _ends = [];

    /// <summary>A hundred posts, one after the other; a viewer who came before them and saw them in tens.</summary>
    public JudgeTests()
    {
        for (var post = 1; post <= Posts; post++)
        {
            _journal.Add(JournalLine.Attempt(post, post, stream: 0));
            _journal.Add(JournalLine.Acknowledged(post, post, IdOf(post), At(post)));
            _log.Add(Stored(post));
            _rows.Add(Stored(post));
        }

        _sightings.Add(new Sighting.Came(null));
        _sightings.Add(new Sighting.Batch([], IsBackfill: true, At(0), Omitted: 0));
        for (var post = 1; post <= Posts; post += 10)
            _sightings.Add(Batch(post, post + 9));
    }

    [Fact]
    public void Nothing_is_charged_when_nothing_is_wrong() => Assert.True(Judged().IsGood, Judged().ToString());

    [Fact]
    public void A_comment_that_is_missing_from_the_log_is_lost()
    {
        _log.RemoveAt(50);
        AssertCharged(Evidence.LostFromLog);
    }

    [Fact]
    public void A_comment_that_is_missing_from_Postgres_is_lost()
    {
        _rows.RemoveAt(50);
        AssertCharged(Evidence.LostFromPostgres);
    }

    [Fact]
    public void A_comment_that_nobody_posted_is_a_phantom()
    {
        _log.Add(Stored(Posts + 1));
        AssertCharged(Evidence.Phantom);
    }

    [Fact]
    public void A_comment_with_other_words_than_were_posted_is_noticed()
    {
        _rows[3] = _rows[3] with { IsTextRight = false };
        AssertCharged(Evidence.WrongText);
    }

    [Fact]
    public void A_post_that_lies_in_the_log_twice_is_noticed()
    {
        _log.Add(Stored(7) with { Cursor = At(Posts + 1), Id = 7_777 });
        AssertCharged(Evidence.Twice);
    }

    [Fact]
    public void An_id_that_was_given_twice_is_noticed()
    {
        _rows[8] = _rows[8] with { Id = _rows[7].Id };
        AssertCharged(Evidence.Twice);
    }

    [Fact]
    public void An_acknowledgement_that_names_another_place_is_noticed()
    {
        _journal[1] = JournalLine.Acknowledged(1, 1, IdOf(1), At(2));
        AssertCharged(Evidence.Moved);
    }

    [Fact]
    public void A_post_that_overtook_one_acknowledged_before_it_is_noticed()
    {
        (_log[10], _log[11]) = (_log[10] with { Cursor = _log[11].Cursor }, _log[11] with { Cursor = _log[10].Cursor });
        AssertCharged(Evidence.OutOfOrder);
    }

    [Fact]
    public void A_retry_that_made_another_comment_is_noticed()
    {
        _journal.Add(JournalLine.Repeated(Posts, 9, 9_999, At(9)));
        AssertCharged(Evidence.Contradiction);
    }

    [Fact]
    public void A_viewer_who_misses_a_comment_in_silence_is_noticed()
    {
        _sightings[4] = new Sighting.Batch([.. Enumerable.Range(21, 9).Select(IdOf)], IsBackfill: false, At(30), Omitted: 0);
        AssertCharged(Evidence.ViewerMissed);
    }

    [Fact]
    public void A_viewer_who_is_told_how_many_are_left_out_misses_nothing()
    {
        _sightings[4] = new Sighting.Batch([.. Enumerable.Range(21, 9).Select(IdOf)], IsBackfill: false, At(30), Omitted: 1);
        Assert.True(Judged().IsGood, Judged().ToString());
    }

    [Fact]
    public void A_viewer_who_gets_a_batch_twice_is_noticed()
    {
        _sightings.Insert(5, _sightings[4]);
        AssertCharged(Evidence.ViewerWrong);
    }

    [Fact]
    public void A_viewer_who_gets_comments_out_of_order_is_noticed()
    {
        _sightings[4] = new Sighting.Batch([.. Enumerable.Range(21, 10).Reverse().Select(IdOf)], IsBackfill: false, At(30), Omitted: 0);
        AssertCharged(Evidence.ViewerWrong);
    }

    [Fact]
    public void A_viewer_whose_cursor_passes_over_comments_is_noticed()
    {
        _sightings[^1] = new Sighting.Moved(At(Posts));
        AssertCharged(Evidence.ViewerMissed);
    }

    [Fact]
    public void A_viewer_who_never_got_the_end_is_noticed()
    {
        _sightings.RemoveAt(_sightings.Count - 1);
        AssertCharged(Evidence.ViewerBehind);
    }

    [Fact]
    public void A_viewer_who_is_reset_takes_the_last_fifty_for_the_present()
    {
        // It had 30, was told to forget, and is shown the last 50 up to 70.
        _sightings.RemoveRange(5, 4);
        _sightings.InsertRange(5, [new Sighting.Came(At(30)), new Sighting.Reset(ResetReasons.TooFarBehind), Batch(21, 70)]);
        Assert.True(Judged().IsGood, Judged().ToString());
        _sightings[7] = Batch(31, 70);
        AssertCharged(Evidence.ViewerWrong);
    }

    [Fact]
    public void A_gap_where_nothing_was_lost_is_noticed()
    {
        _sightings[4] = new Sighting.Gap(At(20), At(30));
        AssertCharged(Evidence.GapWithoutLoss);
    }

    [Fact]
    public void What_went_with_the_logs_tail_is_no_loss_but_a_viewer_must_hear_of_the_new_epoch()
    {
        _ends.Add(new LogEnd(At(90), SinceMs: Posts));
        _log.RemoveRange(90, 10);
        Assert.True(Judged().IsGood, Judged().ToString());
        _ends[0] = _ends[0] with { SinceMs = 95 };
        Assert.True(Judged().IsGood, Judged().ToString());
        _rows.RemoveAt(97);
        AssertCharged(Evidence.False);
        _rows.Insert(97, Stored(98));
        _ends[0] = _ends[0] with { SinceMs = Posts };

        _log.Add(Stored(Posts) with { Cursor = new Cursor(2, 5), IsCarried = true });
        _sightings.Add(new Sighting.Batch([IdOf(Posts)], IsBackfill: false, new Cursor(2, 5), Omitted: 0));
        AssertCharged(Evidence.ViewerMissed);
    }

    [Fact]
    public void A_retry_may_be_answered_with_the_place_to_which_its_comment_was_taken_over_and_with_no_other()
    {
        _ends.Add(new LogEnd(At(90), SinceMs: Posts));
        _log.RemoveRange(90, 10);
        _log.Add(Stored(Posts) with { Cursor = new Cursor(2, 5), IsCarried = true });
        _journal[^1] = JournalLine.Acknowledged(Posts, Posts, IdOf(Posts), new Cursor(2, 5));
        Assert.Equal((0, 0), (Judged().Count(Evidence.LostFromLog), Judged().Count(Evidence.Moved)));
        _journal[^1] = JournalLine.Acknowledged(Posts, Posts, IdOf(Posts), new Cursor(2, 6));
        AssertCharged(Evidence.LostFromLog);
        AssertCharged(Evidence.Moved);
    }

    [Fact]
    public void A_journal_that_was_cut_off_is_read_up_to_its_last_whole_line()
    {
        var lines = ((string[])["A 1 1 0", "K 2 1 11 1-5", "R 3 1 11 1-5", "K 2 1 1"]).Select(JournalLine.Parse).ToList();
        Assert.Equal([JournalLine.Attempt(1, 1, 0), JournalLine.Acknowledged(2, 1, 11, At(5)), JournalLine.Repeated(3, 1, 11, At(5)), null], lines);
        Assert.All(lines.OfType<JournalLine>(), line => Assert.Equal(line, JournalLine.Parse(line.ToString())));
    }

    private Verdict Judged() => Judge.Compare(new Evidence(new Journal(_journal), _log, _rows, [("viewer", 0, _sightings)], _ends));

    private void AssertCharged(string kind) => Assert.True(Judged().Count(kind) > 0, $"Not noticed: {kind}. Found: {Judged()}");

    private static Cursor At(int post) => new(1, (ulong)post);

    private static long IdOf(int post) => 1_000 + post;

    private static StoredComment Stored(int post) => new(At(post), IdOf(post), post, Stream: 0, IsTextRight: true, IsCarried: false);

    private static Sighting.Batch Batch(int from, int through) => new([.. Enumerable.Range(from, through - from + 1).Select(IdOf)], IsBackfill: false, At(through), Omitted: 0);
}
