using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Repository.Tests;

/// <summary>A function as its source says it, for where the packages that would compile it are not.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Class">Its class.</param>
/// <param name="Trigger">The trigger's attribute, such as <c>BlobTrigger</c>.</param>
/// <param name="Arguments">The attribute's arguments: positional ones by index, named ones by name; constants are resolved.</param>
/// <param name="ParameterType">The type that the trigger binds to.</param>
internal sealed record FunctionSource(string Name, string Class, string Trigger, IReadOnlyDictionary<string, string> Arguments, string ParameterType)
{
    /// <summary>All functions of one app.</summary>
    public static IReadOnlyList<FunctionSource> ReadApp(string project) =>
        [.. Files(project).SelectMany(file => Parse(File.ReadAllText(file)).DescendantNodes().OfType<MethodDeclarationSyntax>()).SelectMany(ReadMethod)];

    /// <summary>The source files of one app.</summary>
    public static IEnumerable<string> Files(string project) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "src", project), "*.cs").Order(StringComparer.Ordinal);

    /// <summary>Parses a source file, which must have no syntax error.</summary>
    public static SyntaxNode Parse(string source)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "true")]));
        Assert.DoesNotContain(tree.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        return tree.GetRoot();
    }

    private static IEnumerable<FunctionSource> ReadMethod(MethodDeclarationSyntax method)
    {
        AttributeSyntax? function = Attributes(method.AttributeLists).FirstOrDefault(a => a.Name.ToString() == "Function");
        if (function is null)
            return [];

        string owner = ((ClassDeclarationSyntax)method.Parent!).Identifier.Text;
        string name = Value(function.ArgumentList!.Arguments[0].Expression);
        return method.ParameterList.Parameters
            .SelectMany(p => Attributes(p.AttributeLists).Select(a => (Parameter: p, Attribute: a)))
            .Where(x => x.Attribute.Name.ToString().EndsWith("Trigger", StringComparison.Ordinal))
            .Select(x => new FunctionSource(
                name,
                owner,
                x.Attribute.Name.ToString(),
                x.Attribute.ArgumentList!.Arguments.Index().ToDictionary(
                    a => a.Item.NameEquals?.Name.Identifier.Text ?? $"{a.Index}", a => Value(a.Item.Expression)),
                x.Parameter.Type!.ToString()));
    }

    private static IEnumerable<AttributeSyntax> Attributes(SyntaxList<AttributeListSyntax> lists) => lists.SelectMany(l => l.Attributes);

    // Literals, nameof, and constants of the options class by their real values; anything else, such as an enum member, as it stands.
    private static string Value(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } call =>
            call.ArgumentList.Arguments[0].Expression.ToString(),
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: nameof(FunctionAppOptions) } } access =>
            (string)typeof(FunctionAppOptions).GetField(access.Name.Identifier.Text, BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!,
        _ => expression.ToString(),
    };
}
