using System.Runtime.CompilerServices;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>A test that needs the Bicep compiler; skipped where it does not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepFactAttribute : FactAttribute
{
    public BicepFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!BicepCompiler.IsAvailable)
            Skip = BicepCompiler.WhyMissing;
    }
}
