using System.ComponentModel.DataAnnotations;
using TinySaver.Core.Jobs;
using TinySaver.Inference.Imaging;

namespace TinySaver.Pipeline;

/// <summary>How the stages work. Section <c>TinySaver:Pipeline</c>.</summary>
public sealed class PipelineOptions
{
    /// <summary>The section that a host binds.</summary>
    public const string Section = "TinySaver:Pipeline";

    /// <summary>Most bytes of an encoded image; larger ones fail. Default <see cref="DecoderOptions.MaxBytes"/>'s.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxImageBytes { get; set; } = DecoderOptions.Default.MaxBytes;

    /// <summary>Most pixels of an image; larger ones fail. Default <see cref="DecoderOptions.MaxPixels"/>'s.</summary>
    [Range(1, DecoderOptions.LargestPixels)]
    public int MaxImagePixels { get; set; } = DecoderOptions.Default.MaxPixels;

    /// <summary>Whether common JPEGs are decoded by our own vector code instead of Skia's; the pixels are the same. Default true.</summary>
    public bool JpegShortCut { get; set; } = true;

    /// <summary>What the decoder is told of this.</summary>
    internal DecoderOptions Decoder => new() { MaxBytes = MaxImageBytes, MaxPixels = MaxImagePixels, JpegShortCut = JpegShortCut };

    /// <summary>How many images are worked on at once, most of them waiting for storage. Default 4 a processor, at least 8.</summary>
    [Range(1, 10_000)]
    public int ImagesInFlight { get; set; } = Math.Max(8, 4 * Environment.ProcessorCount);

    /// <summary>How many bytes of encoded images are held at once; one larger image is held alone. Default 128 MiB.</summary>
    [Range(1, long.MaxValue)]
    public long BytesInFlight { get; set; } = 128 * 1024 * 1024;

    /// <summary>How many images or batches are decoded or inferred at once. Default one a processor.</summary>
    [Range(1, 1_000)]
    public int Inferences { get; set; } = Environment.ProcessorCount;

    /// <summary>How many escalated images the large model sees at once; less where its graph fixes less. Default 16.</summary>
    [Range(1, 1_000)]
    public int LargeBatchSize { get; set; } = 16;

    /// <summary>The share of all images that both models answer whoever decides, kept in the table of audits, in [0, 1]. Default 0: nothing is watched.</summary>
    [Range(0.0, 1.0)]
    public double AuditShare { get; set; }

    /// <summary>The earlier name of <see cref="AuditShare"/>; the greater of the two counts.</summary>
    [Range(0.0, 1.0)]
    public double ShadowShare { get; set; }

    /// <summary>The share that counts.</summary>
    internal double AuditedShare => Math.Max(AuditShare, ShadowShare);

    /// <summary>Whether every image is escalated, and labelled by the large model alone, while the guarantee of the policy in use is broken. Default false.</summary>
    public bool SafeMode { get; set; }

    /// <summary>
    /// How many escalations may wait before the tiny label is accepted below the threshold and its row marked degraded. Default
    /// null: never.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long? MaxBacklog { get; set; }

    /// <summary>How often the backlog is asked for where <see cref="MaxBacklog"/> is set. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan BacklogInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>US dollars of a million images of batch jobs at the tiny app, for the money that a job's summary says; null for not known.</summary>
    [Range(0, 1e9)]
    public double? UsdPerMillionImages { get; set; }

    /// <summary>US dollars that a million escalations cost on top; null for not known.</summary>
    [Range(0, 1e9)]
    public double? UsdPerMillionEscalations { get; set; }

    /// <summary>US dollars of a million images with the large model alone; null for not known.</summary>
    [Range(0, 1e9)]
    public double? UsdPerMillionLargeOnly { get; set; }

    /// <summary>What images cost, where all of it is known.</summary>
    internal JobPrices? Prices => (UsdPerMillionImages, UsdPerMillionEscalations, UsdPerMillionLargeOnly) is ({ } images, { } escalations, { } largeOnly)
        ? new(images, escalations, largeOnly)
        : null;
}
