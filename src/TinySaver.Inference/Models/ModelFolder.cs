using System.Security.Cryptography;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Inference.Graphs;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Models;

/// <summary>A Hugging Face image-classification folder with an ONNX file, from transformers or timm, as downloaded.</summary>
/// <remarks>
/// <see cref="Open"/> reads the files once; what lies on disk later is not looked at again, except by the ONNX session itself,
/// which loads <see cref="OnnxPath"/>. Immutable and safe to share.
/// </remarks>
public sealed class ModelFolder
{
    private ModelFolder(string path, string? onnxFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (!Directory.Exists(Path))
        {
            throw new InvalidModelException(File.Exists(Path)
                ? $"'{path}' is a file; expected the model folder that holds it, with config.json."
                : $"There is no model folder '{path}'.");
        }

        OnnxFile = ModelFiles.FindOnnx(Path, onnxFile);
        string onnxDisplay = System.IO.Path.Combine(path, OnnxFile);
        var hashes = new Dictionary<string, byte[]>();
        ConfigObject config = ReadConfig(Path, path, ModelFiles.Config, hashes) ?? throw new InvalidModelException(
            $"The model folder '{path}' has no {ModelFiles.Config}; it is needed for the labels (id2label).");
        ConfigObject? processor = ReadConfig(Path, path, ModelFiles.PreprocessorConfig, hashes);

        byte[] onnx = ModelFiles.Read(Path, OnnxFile)!;
        hashes[OnnxFile] = SHA256.HashData(onnx);
        Graph = OnnxGraph.Parse(onnx, onnxDisplay);
        string onnxFolder = System.IO.Path.GetDirectoryName(OnnxFile) ?? "";
        foreach (string external in Graph.ExternalFiles)
        {
            string name = System.IO.Path.Combine(onnxFolder, external);
            hashes[name.Replace('\\', '/')] = ModelFiles.HashOf(Path, name, OnnxFile);
        }

        Input = ImageInput.Of(Graph, onnxDisplay);
        Preprocessing = ReadPreprocessing(path, config, processor, Input, onnxDisplay);
        Labels = LabelReader.Read(config);
        DeclaredScores = ReadScores(config);
        ContentHash = ModelFiles.ContentHash(hashes);
    }

    /// <summary>The folder's own name, for people.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The ONNX file relative to the folder, with '/': <c>model.onnx</c>, <c>onnx/model.onnx</c> or the one that was named.</summary>
    public string OnnxFile { get; }

    /// <summary>The ONNX file's full path.</summary>
    public string OnnxPath => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, OnnxFile));

    /// <summary>The labels by class index, from <c>config.json</c>.</summary>
    public LabelSet Labels { get; }

    /// <summary>How an image becomes the model's input, with the layout and size that the graph takes.</summary>
    public PreprocessingSpec Preprocessing { get; }

    /// <summary>
    /// What <c>config.json</c> says the output is, under this project's own key <c>tinysaver_scores</c> (<c>"logits"</c> or
    /// <c>"probabilities"</c>); null where it is to be read off the graph.
    /// </summary>
    public ScoreKind? DeclaredScores { get; }

    /// <summary>
    /// Identifies everything that changes the model's answer: lower-case hexadecimal SHA-256 over "name NUL sha256 LF" of the
    /// ONNX file, its external weight files, <c>config.json</c> and <c>preprocessor_config.json</c>, sorted by name.
    /// </summary>
    public string ContentHash { get; }

    /// <summary>The first 12 characters of <see cref="ContentHash"/>, for rows and output.</summary>
    public string ShortHash => ContentHash[..ModelReference.ShortHashLength];

    /// <summary>The graph without its large weights.</summary>
    internal OnnxGraph Graph { get; }

    /// <summary>The graph's image input.</summary>
    internal ImageInput Input { get; }

    /// <summary>Reads a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="onnxFile">The ONNX file, relative to the folder; null means <c>model.onnx</c> or <c>onnx/model.onnx</c>, or the only one there.</param>
    /// <exception cref="InvalidModelException">
    /// The folder is missing, has no ONNX file or several that could be meant, no labels, or settings that are malformed,
    /// contradictory or not supported.
    /// </exception>
    public static ModelFolder Open(string path, string? onnxFile = null) => new(path, onnxFile);

    /// <summary>Reads only the labels of a folder, whose ONNX file need not be there.</summary>
    /// <exception cref="InvalidModelException">There is no such folder, no <c>config.json</c>, or no labels in it.</exception>
    public static LabelSet ReadLabels(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return LabelReader.Read(ReadConfig(path, path, ModelFiles.Config, []) ?? throw new InvalidModelException(
            $"There is no '{System.IO.Path.Combine(path, ModelFiles.Config)}', which holds the model's labels (id2label)."));
    }

    private static ConfigObject? ReadConfig(string folder, string path, string name, Dictionary<string, byte[]> hashes)
    {
        if (ModelFiles.Read(folder, name) is not { } bytes)
            return null;
        hashes[name] = SHA256.HashData(bytes);
        return ConfigObject.Parse(bytes, System.IO.Path.Combine(path, name));
    }

    private static PreprocessingSpec ReadPreprocessing(string path, ConfigObject config, ConfigObject? processor, ImageInput input, string onnxDisplay)
    {
        PreprocessingSpec spec;
        try
        {
            // transformers' wrapper around timm writes timm's own settings into the processor's file.
            spec = processor is not null && TimmPreprocessingReader.Find(processor) is null
                ? PreprocessingReader.Read(processor, input.Layout)
                : (TimmPreprocessingReader.Find(processor) ?? TimmPreprocessingReader.Find(config)) is { } timm
                    ? TimmPreprocessingReader.Read(timm, input.Layout)
                    : throw new InvalidModelException(
                        $"The model folder '{path}' has neither {ModelFiles.PreprocessorConfig} nor timm's 'pretrained_cfg' in {ModelFiles.Config}, " +
                        "so how images are prepared is unknown; copy the file from where the model was published.");
        }
        catch (TinySaverException e) when (e is not InvalidModelException)
        {
            throw new InvalidModelException($"The model folder '{path}': {e.Message}", e);
        }

        if ((input.Width ?? spec.InputWidth) != spec.InputWidth || (input.Height ?? spec.InputHeight) != spec.InputHeight)
        {
            throw new InvalidModelException(
                $"{onnxDisplay} takes images of {Side(input.Width)}×{Side(input.Height)} pixels, but the preprocessing in '{path}' makes {spec.InputWidth}×{spec.InputHeight}; " +
                "correct the size or the crop_size.");
        }

        if ((long)spec.TensorLength * (input.Batch ?? 1) > Array.MaxLength)
        {
            throw new InvalidModelException(
                $"{onnxDisplay} takes {input.Batch ?? 1} images of {spec.InputWidth}×{spec.InputHeight} pixels at once, which is more than fits in memory; export it with a smaller batch.");
        }

        return spec;
    }

    private static ScoreKind? ReadScores(ConfigObject config)
    {
        if (config.Text("problem_type") == "multi_label_classification")
        {
            throw new InvalidModelException(
                $"{config.File}: 'problem_type' is multi_label_classification; a cascade needs a model with one label an image.");
        }

        return config.Text("tinysaver_scores") switch
        {
            null => null,
            "logits" => ScoreKind.Logits,
            "probabilities" => ScoreKind.Probabilities,
            _ => throw config.Unexpected("tinysaver_scores", config.Value("tinysaver_scores")!.Value, "\"logits\" or \"probabilities\""),
        };
    }

    private static string Side(int? side) => side is { } pixels ? $"{pixels}" : "any";
}
