using System.Security.Cryptography;
using System.Text;
using TinySaver.Core.Confidence;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Models;
using TinySaver.Inference.Tests.Graphs;

namespace TinySaver.Inference.Tests.Models;

public sealed class ModelFolderTests
{
    [Fact]
    public void Open_TransformersFolder_ReadsLabelsAndPreprocessing()
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5);

        ModelFolder model = folder.Open();

        Assert.Equal(Path.GetFileName(folder.Path), model.Name);
        Assert.Equal("model.onnx", model.OnnxFile);
        Assert.Equal("class 3", model.Labels[3]);
        Assert.Equal((8, 8, TensorLayout.Nchw), (model.Preprocessing.InputWidth, model.Preprocessing.InputHeight, model.Preprocessing.Layout));
        Assert.Null(model.DeclaredScores);
    }

    [Fact]
    public void Open_TimmFolder_ReadsLabelNamesDescriptionsAndPretrainedCfg()
    {
        using TestFolder folder = TestFolder.Of(new SmallNet { Classes = 2 }.Build(), 2, preprocessor: null).With("config.json", """
            {
              "architecture": "mobilenetv3_small_050", "num_classes": 2,
              "label_names": ["n01440764", "n01443537"],
              "label_descriptions": {"n01440764": "tench, Tinca tinca", "n01443537": "goldfish"},
              "pretrained_cfg": {
                "tag": "lamb_in1k", "num_classes": 1000, "input_size": [3, 8, 8], "fixed_input_size": false, "interpolation": "bicubic",
                "crop_pct": 0.8, "crop_mode": "center", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
                "first_conv": "conv_stem", "classifier": "classifier"
              }
            }
            """);

        ModelFolder model = folder.Open();

        Assert.Equal(["tench, Tinca tinca", "goldfish"], model.Labels.Texts);
        Assert.Equal("shortest edge 10", model.Preprocessing.Resize!.ToString());
    }

    [Theory]
    [InlineData("""{"label_names": ["a", "b"]}""")]
    [InlineData("""{"label_names": {"1": "b", "0": "a"}}""")]
    [InlineData("""{"pretrained_cfg": {"label_names": ["a", "b"]}}""")]
    [InlineData("""{"architecture": "x", "labels": ["a", "b"]}""")]
    [InlineData("""{"id2label": {"1": "b", "0": "a"}, "label_names": ["other", "names"]}""")]
    public void Open_LabelSpellings_AreRead(string config)
    {
        using TestFolder folder = TestFolder.Of(new SmallNet { Classes = 2 }.Build(), 2).With("config.json", config);

        Assert.Equal(["a", "b"], folder.Open().Labels.Texts);
    }

    [Theory]
    [InlineData("{}", "has no labels; add 'id2label'")]
    [InlineData("""{"num_classes": 1000, "architecture": "resnet18"}""", "has no labels, though it announces 1000 classes")]
    [InlineData("""{"id2label": {"0": "a", "2": "c"}}""", "every index from 0 to 1 once, but found index 2")]
    [InlineData("""{"id2label": {"0": "a", "00": "c"}}""", "found index 0 twice")]
    [InlineData("""{"id2label": {"a": "0"}}""", "has the key 'a'; expected class indices")]
    [InlineData("""{"id2label": {"0": 1}}""", "'id2label.0' is 1; expected a label text")]
    [InlineData("""{"label_names": "a"}""", "'label_names' is \"a\"; expected a list of labels")]
    [InlineData("""{"id2label": """, "is not valid JSON (line 1")]
    [InlineData("[]", "holds a JSON array; expected an object")]
    [InlineData("""{"id2label": {"0": "\ud800"}}""", "holds a text that is not Unicode at byte 20")]
    [InlineData("""{"\udc00": 1, "id2label": {"0": "a"}}""", "holds a text that is not Unicode at byte 2")]
    [InlineData("""{"id2label": {"0": "a"}, "problem_type": "multi_label_classification"}""", "one label an image")]
    [InlineData("""{"id2label": {"0": "a"}, "tinysaver_scores": "sigmoid"}""", "'tinysaver_scores' is \"sigmoid\"; expected \"logits\" or \"probabilities\"")]
    public void Open_BadConfig_IsRefusedBySayingWhy(string config, string expected)
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).With("config.json", config);

        string message = folder.Refusal();

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("config.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ByteOrderMark_IsSkipped()
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5);
        folder.With("config.json", [0xEF, 0xBB, 0xBF, .. File.ReadAllBytes(Path.Combine(folder.Path, "config.json"))]);

        Assert.Equal(5, folder.Open().Labels.Count);
    }

    [Fact]
    public void Open_MissingFolder_IsRefused() => Assert.Equal(
        "There is no model folder '/no/such/folder'.", Assert.Throws<InvalidModelException>(() => ModelFolder.Open("/no/such/folder")).Message);

    [Fact]
    public void Open_FileInsteadOfFolder_IsRefused()
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5);

        Assert.Contains("is a file; expected the model folder", Assert.Throws<InvalidModelException>(
            () => ModelFolder.Open(Path.Combine(folder.Path, "model.onnx"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoOnnxFile_IsRefused()
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).Without("model.onnx");

        Assert.Contains("has no ONNX file; expected model.onnx or onnx/model.onnx", folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoConfig_IsRefused()
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).Without("config.json");

        Assert.Contains("has no config.json; it is needed for the labels", folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoPreprocessing_IsRefused()
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5, preprocessor: null);

        Assert.Contains("neither preprocessor_config.json nor timm's 'pretrained_cfg'", folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TwoOnnxFiles_ListsThemAndTakesTheNamedOne()
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).Without("model.onnx")
            .With("onnx/a.onnx", new SmallNet().Build().ToBytes()).With("b.onnx", new SmallNet().Build().ToBytes());

        Assert.Contains("has 2 ONNX files (b.onnx, onnx/a.onnx) and it is not clear which is meant; name one", folder.Refusal(), StringComparison.Ordinal);
        Assert.Equal("onnx/a.onnx", folder.Open("onnx/a.onnx").OnnxFile);
        Assert.Equal("b.onnx", folder.Open("./b.onnx").OnnxFile);
        Assert.Contains("has no file 'c.onnx'; the ONNX files there are b.onnx, onnx/a.onnx", folder.Refusal("c.onnx"), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_BothStandardPlaces_IsRefused()
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).With("onnx/model.onnx", new SmallNet().Build().ToBytes());

        Assert.Contains("has 2 ONNX files (model.onnx, onnx/model.onnx)", folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_VariantsBesideTheStandardPlace_TakesTheStandardPlace()
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).Without("model.onnx")
            .With("onnx/model.onnx", new SmallNet().Build().ToBytes()).With("onnx/model_fp16.onnx", [1]);

        Assert.Equal("onnx/model.onnx", folder.Open().OnnxFile);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "Git LFS pointer")]
    [InlineData("not a model", "is not an ONNX model")]
    [InlineData("", "is not an ONNX model")]
    public void Open_DamagedOnnx_IsRefused(string content, string expected)
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).With("model.onnx", content);

        Assert.Contains(expected, folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_GraphOfAnotherSize_IsRefused()
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5, """{"size": 16, "resample": 2}""");

        Assert.Contains("takes images of 8×8 pixels, but the preprocessing", folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void ContentHash_IsTheDocumentedHash()
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5);
        string lines = string.Concat(new[] { "config.json", "model.onnx", "preprocessor_config.json" }
            .Select(name => $"{name}\0{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.Path, name))))}\n"));

        ModelFolder model = folder.Open();

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))), model.ContentHash);
        Assert.Equal(model.ContentHash[..12], model.ShortHash);
    }

    [Fact]
    public void ContentHash_OtherFolderNameAndReadme_StaysTheSame()
    {
        using var one = TestFolder.Of(new SmallNet().Build(), 5);
        using TestFolder other = TestFolder.Of(new SmallNet().Build(), 5).With("README.md", "about");

        Assert.Equal(one.Open().ContentHash, other.Open().ContentHash);
    }

    [Theory]
    [InlineData("config.json", """{"id2label": {"0": "x"}}""")]
    [InlineData("preprocessor_config.json", """{"size": 8, "resample": 3}""")]
    public void ContentHash_ChangedConfiguration_Changes(string name, string content)
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5);
        string before = folder.Open().ContentHash;

        Assert.NotEqual(before, folder.With(name, content).Open().ContentHash);
    }

    [Fact]
    public void ContentHash_ExternalWeights_AreIncludedAndNeeded()
    {
        using TestFolder folder = ExternalWeights.Folder();
        string before = folder.Open().ContentHash;

        folder.With(ExternalWeights.FileName, new byte[ExternalWeights.Bytes]);
        Assert.NotEqual(before, folder.Open().ContentHash);

        folder.Without(ExternalWeights.FileName);
        Assert.Contains($"keeps weights in '{ExternalWeights.FileName}', which cannot be read", folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void DeclaredScores_OwnKey_IsRead()
    {
        using TestFolder folder = TestFolder.Of(new SmallNet { Classes = 1 }.Build(), 1).With("config.json", """{"id2label": {"0": "a"}, "tinysaver_scores": "probabilities"}""");

        Assert.Equal(ScoreKind.Probabilities, folder.Open().DeclaredScores);
    }
}
