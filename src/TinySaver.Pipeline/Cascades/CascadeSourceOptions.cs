using System.ComponentModel.DataAnnotations;
using TinySaver.Inference.Classification;

namespace TinySaver.Pipeline.Cascades;

/// <summary>Where the cascade policy and its models come from, and how they run. Section <c>TinySaver:Cascade</c>.</summary>
public sealed class CascadeSourceOptions
{
    /// <summary>The section that a host binds.</summary>
    public const string Section = "TinySaver:Cascade";

    /// <summary>A policy file on this machine, its models relative to it. Default null: the policy is a blob.</summary>
    public string? PolicyPath { get; set; }

    /// <summary>The policy's name in the blob container of the models where none was published with <c>tinysaver policy publish</c>, its models relative to it. Default <c>cascade.json</c>.</summary>
    [Required]
    public string PolicyBlob { get; set; } = "cascade.json";

    /// <summary>Where models from blobs are kept on local disk. Default: <c>tinysaver-models</c> in the folder for temporary files.</summary>
    [Required]
    public string CacheFolder { get; set; } = Path.Combine(Path.GetTempPath(), "tinysaver-models");

    /// <summary>How often the policy is looked at for a change. Default one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What runs the large model. Default the CPU.</summary>
    public ExecutionProvider LargeProvider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>Threads that share one run of the large model. Default 1, which suits several runs at once.</summary>
    [Range(1, 1_000)]
    public int LargeThreads { get; set; } = 1;

    /// <summary>Whether this process needs the savers; set by the registration of the tiny stage.</summary>
    public bool Savers { get; set; }

    /// <summary>Whether this process needs the large model; set by the registration of the large stage.</summary>
    public bool Large { get; set; }
}
