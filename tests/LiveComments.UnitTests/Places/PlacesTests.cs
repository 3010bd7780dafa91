using System.Net;
using LiveComments.Fanout.Places;
using LiveComments.Fanout.Transports;
using LiveComments.ServiceDefaults.Proxies;
using LiveComments.TestSupport;
using Microsoft.Extensions.Options;

namespace LiveComments.UnitTests.Places;

public sealed class PlacesTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.0", "::", false)]
    public void One_address_is_an_IPv4_address_or_the_64_of_an_IPv6_address(string one, string other, bool same) =>
        Assert.Equal(same, AddressKey.Of(IPAddress.Parse(one)) == AddressKey.Of(IPAddress.Parse(other)));

    [Fact]
    public void Who_is_over_a_limit_is_told_which_and_takes_no_place()
    {
        var places = NewPlaces(perAddress: 2, perUser: 1);
        var home = IPAddress.Parse("192.0.2.1");
        using var first = places.Take(home, "ada", out _);
        Assert.Null(places.Take(IPAddress.Parse("192.0.2.2"), "ada", out var limit));
        Assert.Equal((PlaceLimit.User, (1, 1)), (limit, places.Holders));
        using var second = places.Take(home, null, out _);
        Assert.Null(places.Take(home, "bob", out limit));
        Assert.Equal((PlaceLimit.Address, (1, 1)), (limit, places.Holders));
        // Who has no address is counted by its name alone.
        Assert.NotNull(places.Take(null, null, out _));

        second!.Dispose();
        second.Dispose();
        using var third = places.Take(home, "bob", out _);
        Assert.NotNull(third);
        Assert.Null(places.Take(home, null, out _));
    }

    [Fact]
    public void Who_becomes_a_user_later_is_counted_for_that_user_from_then_on()
    {
        var places = NewPlaces(perAddress: 10, perUser: 1);
        using var first = places.Take(null, "ada", out _)!;
        using var second = places.Take(null, "bob", out _)!;
        Assert.False(second.TryBecome("ada"));
        Assert.Null(places.Take(null, "bob", out _));
        // Again the same, as with a newer token.
        Assert.True(first.TryBecome("ada"));
        Assert.True(first.TryBecome("eve"));
        Assert.True(second.TryBecome("ada"));
        Assert.NotNull(places.Take(null, "bob", out _));
    }

    [Fact]
    public async Task However_many_come_and_go_at_once_none_is_over_the_limit_and_nothing_stays_behind() => await Seed.ForEachAsync(40, async random =>
    {
        var (perAddress, perUser) = (random.Next(1, 6), random.Next(1, 4));
        var places = NewPlaces(perAddress, perUser);
        var seeds = Enumerable.Range(0, 4).Select(_ => random.Next()).ToList();
        var atAddress = new int[3];
        var ofUser = new int[3];
        await Task.WhenAll(seeds.Select(seed => Task.Run(() => ComeAndGo(new Random(seed)))));
        Assert.Equal((0, 0), places.Holders);

        void ComeAndGo(Random own)
        {
            var held = new Queue<(ViewerPlaces.Place Place, int Address, int User)>();
            for (var step = 0; step < 300; step++)
            {
                if (held.Count > 0 && own.Next(2) == 0)
                {
                    var (place, address, user) = held.Dequeue();
                    // Before it is given back, lest somebody who comes then is counted beside it.
                    Interlocked.Decrement(ref atAddress[address]);
                    Interlocked.Decrement(ref ofUser[user]);
                    place.Dispose();
                    continue;
                }

                var (at, of) = (own.Next(3), own.Next(3));
                if (places.Take(new IPAddress([10, 0, 0, (byte)at]), $"u{of}", out var limit) is not { } taken)
                {
                    Assert.NotEqual(PlaceLimit.None, limit);
                    continue;
                }

                Assert.InRange(Interlocked.Increment(ref atAddress[at]), 1, perAddress);
                Assert.InRange(Interlocked.Increment(ref ofUser[of]), 1, perUser);
                held.Enqueue((taken, at, of));
            }

            foreach (var (place, address, user) in held)
            {
                Interlocked.Decrement(ref atAddress[address]);
                Interlocked.Decrement(ref ofUser[user]);
                place.Dispose();
            }
        }
    });

    private static ViewerPlaces NewPlaces(int perAddress, int perUser) =>
        new(Options.Create(new LiveOptions { MaxPerAddress = perAddress, MaxPerUser = perUser }));
}
