using System.Reflection;

namespace LiveComments.ConformanceTests.Redis;

/// <summary>Both users of System.IO.Hashing find an assembly that they accept.</summary>
public sealed class HashingTests
{
    [Theory]
    [InlineData("StackExchange.Redis")]
    [InlineData("Yarp.ReverseProxy")]
    public void Every_assembly_that_it_was_compiled_against_loads(string user)
    {
        var assembly = Assembly.Load(user);
        Assert.Contains(assembly.GetReferencedAssemblies(), name => name.Name == "System.IO.Hashing");
        foreach (var reference in assembly.GetReferencedAssemblies())
            Assert.Equal(reference.Name, Assembly.Load(reference).GetName().Name);
    }

    [Fact]
    public void The_hash_is_the_one_of_the_specification()
    {
        var type = Assembly.Load("System.IO.Hashing").GetType("System.IO.Hashing.XxHash64", throwOnError: true)!;
        var hash = type.GetMethod("Hash", [typeof(byte[])])!.Invoke(null, [Array.Empty<byte>()]);
        // xxHash64 of nothing with seed 0.
        Assert.Equal("EF46DB3751D8E999", Convert.ToHexString((byte[])hash!));
    }
}
