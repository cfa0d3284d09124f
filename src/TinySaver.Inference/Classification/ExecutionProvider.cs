using Microsoft.ML.OnnxRuntime;
using TinySaver.Core.Failures;

namespace TinySaver.Inference.Classification;

/// <summary>What runs a model's operators.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor; always there.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU through CUDA; needs the executable to reference <c>Microsoft.ML.OnnxRuntime.Gpu</c>, and CUDA and cuDNN on the machine.</summary>
    Cuda,
}

/// <summary>Tells whether models can run on a GPU here.</summary>
public static class CudaSupport
{
    /// <summary>Why <see cref="ExecutionProvider.Cuda"/> cannot be used here, and what to do about it; null where it can.</summary>
    public static string? WhyMissing()
    {
        try
        {
            using SessionOptions options = SessionFactory.Create(new OnnxClassifierOptions { ExecutionProvider = ExecutionProvider.Cuda });
            return null;
        }
        catch (TinySaverException e)
        {
            return e.Message;
        }
    }
}
