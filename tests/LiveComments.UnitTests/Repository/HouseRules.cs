using System.Text.RegularExpressions;
using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Repository;

/// <summary>Rules of this repository that a machine can check.</summary>
public sealed partial class HouseRules
{
    private static readonly string[] Product =
        ["LiveComments.AppHost/", "LiveComments.Api/", "LiveComments.Fanout/", "LiveComments.Gateway/", "LiveComments.Contracts/", "LiveComments.ServiceDefaults/", "web/"];

    [Fact]
    public void Files_that_the_docs_name_exist()
    {
        var missing = from doc in RepositoryFiles.Files().Where(file => file.EndsWith(".md", StringComparison.Ordinal))
                      from Match match in NamedFile().Matches(Read(doc))
                      let name = match.Groups[1].Value
                      where !Exists(name) && !Exists(Path.Combine(Path.GetDirectoryName(doc)!, name))
                      select $"{doc} names {name}";
        Assert.Empty(missing);
    }

    [Fact]
    public void No_file_names_a_package_registry()
    {
        // Spelled in pieces, so that this file doesn't.
        string[] registries = ["nuget" + ".org/", "registry.npm" + "js", "npm" + "js.org", "deb.debian" + ".org"];
        var found = from file in RepositoryFiles.Files()
                    where !file.EndsWith(".png", StringComparison.Ordinal)
                    let text = Read(file)
                    from registry in registries
                    where text.Contains(registry, StringComparison.OrdinalIgnoreCase)
                    select $"{file} names {registry}";
        Assert.Empty(found);
    }

    [Fact]
    public void No_product_file_knows_of_stand_ins()
    {
        var found = from file in RepositoryFiles.Files()
                    where Product.Any(folder => file.StartsWith(folder, StringComparison.Ordinal))
                    where Read(file).Contains("standin", StringComparison.OrdinalIgnoreCase) || Read(file).Contains("stand-in", StringComparison.OrdinalIgnoreCase)
                    select file;
        Assert.Empty(found);
    }

    [Fact]
    public void Every_stand_in_says_what_it_covers_and_leaves_out()
    {
        var without = from project in RepositoryFiles.Files()
                      where project.StartsWith("standins/", StringComparison.Ordinal) && project.EndsWith(".csproj", StringComparison.Ordinal)
                      let readme = Path.Combine(Path.GetDirectoryName(project)!, "README.md")
                      where !Exists(readme)
                      select project;
        Assert.Empty(without);
    }

    [Fact]
    public void Versions_stand_in_one_file()
    {
        var found = from project in RepositoryFiles.Files()
                    where project.EndsWith(".csproj", StringComparison.Ordinal) && !project.StartsWith("build/", StringComparison.Ordinal)
                    where VersionedReference().IsMatch(Read(project))
                    select project;
        Assert.Empty(found);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(RepositoryFiles.Root, file));

    private static bool Exists(string path) => Path.Exists(Path.Combine(RepositoryFiles.Root, path));

    // `path/to/Something.cs`, `path/to/folder`, [text](path.md): whatever looks like a path with a folder in it.
    [GeneratedRegex(@"(?:`|\]\()((?:LiveComments\.\w+|web|docs|build|bench|tests|standins)/[\w./-]+|[\w-]+\.md)(?:`|\))")]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"<PackageReference[^>]*\sVersion=")]
    private static partial Regex VersionedReference();
}
