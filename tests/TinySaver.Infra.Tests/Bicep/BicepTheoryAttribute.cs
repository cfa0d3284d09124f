using System.Runtime.CompilerServices;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>A test with cases that needs the Bicep compiler; skipped where it does not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepTheoryAttribute : TheoryAttribute
{
    public BicepTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!BicepCompiler.IsAvailable)
            Skip = BicepCompiler.WhyMissing;
    }
}
