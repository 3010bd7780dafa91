using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests;

/// <summary>One running system for all tests that don't break it.</summary>
[CollectionDefinition(Name)]
public sealed class SystemCollection : ICollectionFixture<RunningSystem>
{
    public const string Name = "system";
}
