namespace TinySaver.Inference.Classification;

/// <summary>What runs a model's operators.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor; always there.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU through CUDA; needs the executable to reference <c>Microsoft.ML.OnnxRuntime.Gpu</c>, and CUDA and cuDNN on the machine.</summary>
    Cuda,
}
