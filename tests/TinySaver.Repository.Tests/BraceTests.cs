using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TinySaver.Repository.Tests;

/// <summary>The half of the brace style that .editorconfig cannot enforce: it asks for braces around what has several lines, and never refuses any.</summary>
public sealed class BraceTests
{
    public static TheoryData<string> Folders => ["src", "tests", "benchmarks", "samples"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Files_HaveNoBracesAroundOneLineBelowAnother(string folder) => Assert.Empty(
        Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, folder), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Needless(FunctionSource.Parse(File.ReadAllText(file))).Select(line => $"{Path.GetRelativePath(RepositoryPaths.Root, file)}:{line}")));

    [Theory]
    [InlineData("if (a)\n{\nb();\n}", 2)]
    [InlineData("if (a)\nb();\nelse\n{\nc();\n}", 4)]
    [InlineData("if (a)\n{\nb();\n}\nelse\n{\nc();\nd();\n}", null)]
    [InlineData("foreach (int a in b)\n{\n// Why.\nc();\n}", null)]
    [InlineData("while (a)\n{\nint b = 1;\n}", null)]
    [InlineData("if (a\n|| b)\n{\nc();\n}", null)]
    [InlineData("if (a)\n{\nif (b)\nc();\n}", null)]
    public void Needless_Statement_HasItsLine(string statement, int? line) =>
        Assert.Equal(line is { } found ? [found] : [], Needless(FunctionSource.Parse(statement)));

    private static IEnumerable<int> Needless(SyntaxNode root) =>
        root.DescendantNodes().OfType<BlockSyntax>().Where(IsNeedless).Select(block => Line(block, block.SpanStart) + 1);

    private static bool IsNeedless(BlockSyntax block) => block.Parent switch
    {
        IfStatementSyntax or ElseClauseSyntax => Branches(block.Parent).All(branch => IsTwoLines(branch.Head, branch.Body)),
        ForEachStatementSyntax or ForEachVariableStatementSyntax or ForStatementSyntax or WhileStatementSyntax
            or UsingStatementSyntax or LockStatementSyntax or FixedStatementSyntax => IsTwoLines(block.Parent, block),
        _ => false,
    };

    // All branches of the if that a branch belongs to: they have braces together or not at all.
    private static IEnumerable<(SyntaxNode Head, StatementSyntax Body)> Branches(SyntaxNode branch)
    {
        IfStatementSyntax first = branch as IfStatementSyntax ?? (IfStatementSyntax)branch.Parent!;
        while (first.Parent is ElseClauseSyntax { Parent: IfStatementSyntax above })
            first = above;

        for (IfStatementSyntax? at = first; at is not null; at = at.Else?.Statement as IfStatementSyntax)
        {
            yield return (at, at.Statement);
            if (at.Else is { Statement: not IfStatementSyntax } last)
                yield return (last, last.Statement);
        }
    }

    private static bool IsTwoLines(SyntaxNode head, StatementSyntax body) =>
        Line(head, head.SpanStart) == Line(head, body.GetFirstToken().GetPreviousToken().Span.End) && (body is BlockSyntax block ? HoldsOneLine(block) : IsOneLine(body));

    private static bool HoldsOneLine(BlockSyntax block) =>
        block.Statements is [var only] && only is not (LocalDeclarationStatementSyntax or LocalFunctionStatementSyntax or LabeledStatementSyntax) && IsOneLine(only)
        && Line(block, block.Span.End) - Line(block, block.SpanStart) == 2
        && !block.DescendantTrivia().Any(t => t.IsDirective || t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia));

    private static bool IsOneLine(SyntaxNode node) => Line(node, node.SpanStart) == Line(node, node.Span.End);

    private static int Line(SyntaxNode node, int position) => node.SyntaxTree.GetLineSpan(new(position, 0)).StartLinePosition.Line;
}
