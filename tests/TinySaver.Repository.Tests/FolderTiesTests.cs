using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TinySaver.Repository.Tests;

/// <summary>Folders of a project use each other one way only, so that each can be read and changed without those that use it.</summary>
public sealed class FolderTiesTests
{
    public static TheoryData<string> Projects => [.. RepositoryFiles.Projects("src").Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_UseEachOtherOneWayOnly(string project) =>
        Assert.Empty(TwoWay(Read(project)).Select(tie => $"{project}: {tie}"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Files_OfAProject_HaveTheirFoldersNamespace(string project) =>
        Assert.Empty(Read(project).Where(f => f.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            .Any(n => n.Name.ToString() != string.Join('.', [project, .. f.Folders]))).Select(f => f.Path));

    [Fact]
    public void TwoWay_FoldersThatUseEachOther_AreFoundHoweverTheyNameEachOther()
    {
        SourceFile[] files =
        [
            File("A/One.cs", "using P.B; namespace P.A; class One;"),
            File("B/Two.cs", "namespace P.B; class Two { C.Three x; }"),
            File("C/Three.cs", "namespace P.C; class Three { object x = A.One.Of(); }"),
            File("D/Four.cs", "using P.A; namespace P.D; class Four;"),
            File("Five.cs", "using P.A; using P.D; namespace P; class Five;"),
        ];

        Assert.Equal(["A → B", "B → C", "C → A"], TwoWay(files));

        static SourceFile File(string path, string text) => new("P", path, FunctionSource.Parse(text));
    }

    private static SourceFile[] Read(string project)
    {
        string root = Path.Combine(RepositoryPaths.Root, "src", project);
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => new SourceFile(project, Path.GetRelativePath(root, file), FunctionSource.Parse(System.IO.File.ReadAllText(file))))];
    }

    // The ties that lie on a circle. A folder within a folder is part of it; files at the root compose the folders and hold what all of them share.
    private static string[] TwoWay(IReadOnlyCollection<SourceFile> files)
    {
        string[] folders = [.. files.SelectMany(f => f.Folders.Take(1)).Distinct().Order(StringComparer.Ordinal)];
        ILookup<string, string> types = files.SelectMany(f => f.Folders.Take(1).SelectMany(_ => f.Types, (folder, type) => (folder, type))).ToLookup(t => t.folder, t => t.type);
        ILookup<string, string> ties = files.Where(f => f.Folders.Length > 0)
            .SelectMany(f => folders.Where(other => f.Uses(other, types[other])).Select(other => (From: f.Folders[0], To: other)))
            .Where(tie => tie.From != tie.To)
            .Distinct()
            .ToLookup(tie => tie.From, tie => tie.To);
        return [.. folders.SelectMany(from => ties[from].Where(to => Reaches(to, from, [])).Select(to => $"{from} → {to}"))];

        bool Reaches(string from, string to, HashSet<string> seen) => from == to || (seen.Add(from) && ties[from].Any(next => Reaches(next, to, seen)));
    }

    private sealed record SourceFile(string Project, string Path, SyntaxNode Root)
    {
        public string[] Folders { get; } = Path.Split('/')[..^1];

        public IEnumerable<string> Types => Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(t => t.Identifier.Text);

        private HashSet<string> Usings { get; } = [.. Root.DescendantNodes().OfType<UsingDirectiveSyntax>().Select(u => u.NamespaceOrType.ToString())];

        // Names of two parts: the first may be a folder, as in Output.Terminal.
        private HashSet<string> Qualified { get; } =
        [
            .. Root.DescendantNodes().OfType<QualifiedNameSyntax>().Select(n => n.ToString()),
            .. Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Select(n => n.ToString()),
        ];

        public bool Uses(string folder, IEnumerable<string> types) =>
            Usings.Any(u => $"{u}.".StartsWith($"{Project}.{folder}.", StringComparison.Ordinal)) || types.Any(type => Qualified.Contains($"{folder}.{type}"));
    }
}
