using System.Text.Json;
using TinySaver.Inference.Models;
using TinySaver.Inference.Tests.Graphs;

namespace TinySaver.Inference.Tests.Models;

/// <summary>A model folder in the temporary directory.</summary>
internal sealed class TestFolder : IDisposable
{
    public const string ExactEight =
        """{"size": {"height": 8, "width": 8}, "resample": 2, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}""";

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    /// <summary>A folder with everything: labels "class 0"…, 8 × 8 images.</summary>
    public static TestFolder Of(GraphBuilder graph, int classes, string? preprocessor = ExactEight)
    {
        TestFolder folder = new TestFolder().With("model.onnx", graph.ToBytes()).With("config.json", Config(Enumerable.Range(0, classes).Select(i => $"class {i}")));
        return preprocessor is null ? folder : folder.With("preprocessor_config.json", preprocessor);
    }

    public static string Config(IEnumerable<string> labels) =>
        JsonSerializer.Serialize(new { id2label = labels.Index().ToDictionary(pair => $"{pair.Index}", pair => pair.Item) });

    public TestFolder With(string name, string text) => With(name, System.Text.Encoding.UTF8.GetBytes(text));

    public TestFolder With(string name, byte[] bytes)
    {
        _folder.Write(name, bytes);
        return this;
    }

    public TestFolder Without(string name)
    {
        File.Delete(System.IO.Path.Combine(Path, name));
        return this;
    }

    public ModelFolder Open(string? onnxFile = null) => ModelFolder.Open(Path, onnxFile);

    public string Refusal(string? onnxFile = null) => Assert.Throws<InvalidModelException>(() => Open(onnxFile)).Message;

    public void Dispose() => _folder.Dispose();
}
