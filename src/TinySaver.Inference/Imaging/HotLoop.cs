using System.Runtime.CompilerServices;

namespace TinySaver.Inference.Imaging;

/// <summary>How the loops over pixels, coefficients and bits are compiled.</summary>
/// <remarks>
/// A fresh instance pays for its first images, and these loops are most of an image. Left to itself the runtime gets them wrong twice:
/// what depends on the width of vectors is left out of the code that is compiled ahead of time and begins as unoptimised code, and what is
/// in there calls out of the assembly for each small step. Both are replaced only after hundreds of images. So each is compiled once,
/// optimised, on its first call (milliseconds each), and never again: benchmarks/README.md, "Warm-up", has what that saves.
/// </remarks>
internal static class HotLoop
{
    /// <summary>Compiled in full on the first call.</summary>
    public const MethodImplOptions CompiledOnce = MethodImplOptions.AggressiveOptimization;
}
