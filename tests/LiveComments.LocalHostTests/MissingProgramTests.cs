using LiveComments.Machine;

namespace LiveComments.LocalHostTests;

public sealed class MissingProgramTests
{
    private static readonly ServerProgram Missing = new("no-such-server", "no-such-package");

    [Fact]
    public async Task Missing_program_is_told_with_the_command_that_installs_it()
    {
        var fault = await Assert.ThrowsAsync<ServerProgramMissingException>(() =>
            ServerPrograms.FindOrInstallAsync([Missing, ServerProgram.Redis], _ => { }, mayInstall: false, CancellationToken.None));

        Assert.Contains("no-such-server", fault.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install no-such-package", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Program_that_is_a_link_to_another_name_keeps_its_own()
    {
        var folder = Directory.CreateTempSubdirectory("localhost-test-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "many-faces"), "");
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "one-face"), "many-faces");

            Assert.Equal(Path.Combine(folder.FullName, "one-face"), ServerPrograms.Find(new("one-face", "any", folder.FullName)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
