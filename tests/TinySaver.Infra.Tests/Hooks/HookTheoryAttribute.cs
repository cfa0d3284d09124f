using System.Runtime.CompilerServices;

namespace TinySaver.Infra.Tests.Hooks;

/// <summary>A test that runs shell scripts; skipped on Windows, whose hooks are in PowerShell.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "The hooks for the POSIX shell do not run on Windows.";
        }
    }
}
