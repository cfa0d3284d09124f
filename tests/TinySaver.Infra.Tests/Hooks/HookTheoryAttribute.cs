using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit.Sdk;
using Xunit.v3;

namespace TinySaver.Infra.Tests.Hooks;

/// <summary>A test that runs a hook, once in each of the shells that azd has for it. The fakes need a Unix.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HookTheoryAttribute : TheoryAttribute
{
    public HookTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (OperatingSystem.IsWindows())
            Skip = "The programs that stand in for az and azd do not run on Windows.";
    }
}

/// <summary>The endings of a hook's two files.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BothShellsAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow<string>("sh"), new TheoryDataRow<string>("ps1")]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
