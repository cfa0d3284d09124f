using Microsoft.ML.OnnxRuntime;
using TinySaver.Core.Failures;

namespace TinySaver.Inference.Classification;

/// <summary>Creates ONNX Runtime sessions from options, with messages for people where that fails.</summary>
internal static class SessionFactory
{
    private const string CudaName = "CUDAExecutionProvider";
    private const string CpuName = "CPUExecutionProvider";

    /// <summary>ONNX Runtime's name of an execution provider.</summary>
    public static string NameOf(ExecutionProvider provider) => provider == ExecutionProvider.Cuda ? CudaName : CpuName;

    /// <summary>Loads a model file.</summary>
    /// <exception cref="TinySaverException">ONNX Runtime or CUDA is missing.</exception>
    /// <exception cref="InvalidModelException">ONNX Runtime refuses the model.</exception>
    public static InferenceSession Load(string onnxPath, OnnxClassifierOptions options)
    {
        try
        {
            using SessionOptions sessionOptions = Create(options);
            return new InferenceSession(onnxPath, sessionOptions);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidModelException($"ONNX Runtime cannot load '{onnxPath}': {e.Message}", e);
        }
        catch (Exception e) when (e is DllNotFoundException || e.InnerException is DllNotFoundException)
        {
            throw new TinySaverException(
                "The native ONNX Runtime is missing: the executable must reference Microsoft.ML.OnnxRuntime (CPU) or Microsoft.ML.OnnxRuntime.Gpu " +
                $"for this platform. {(e.InnerException ?? e).Message}", e);
        }
    }

    internal static SessionOptions Create(OnnxClassifierOptions options)
    {
        var sessionOptions = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // Warnings are about the exporter's graph and mean nothing to who runs it; errors are thrown anyway.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            // Spinning saves microseconds on idle machines; on one or two vCPUs it takes the core from whoever has work.
            sessionOptions.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            sessionOptions.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            // Weights are allocated once and never freed, so the arena's growth in powers of two would only waste memory on them.
            sessionOptions.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
            if (options.ExecutionProvider == ExecutionProvider.Cuda)
                AppendCuda(sessionOptions);
            return sessionOptions;
        }
        catch
        {
            sessionOptions.Dispose();
            throw;
        }
    }

    private static void AppendCuda(SessionOptions sessionOptions)
    {
        string[] available = OrtEnv.Instance().GetAvailableProviders();
        if (!available.Contains(CudaName))
        {
            throw new TinySaverException(
                $"CUDA was asked for, but this build of ONNX Runtime has only {string.Join(", ", available)}; " +
                "reference Microsoft.ML.OnnxRuntime.Gpu in the executable instead of Microsoft.ML.OnnxRuntime, or choose cpu.");
        }

        try
        {
            sessionOptions.AppendExecutionProvider_CUDA();
        }
        catch (OnnxRuntimeException e)
        {
            throw new TinySaverException(
                $"CUDA cannot be used: {e.Message} Check that the machine has an NVIDIA GPU with its driver, and CUDA and cuDNN " +
                "in the versions that this ONNX Runtime wants (in a container: started with GPU access), or choose cpu.", e);
        }
    }
}
