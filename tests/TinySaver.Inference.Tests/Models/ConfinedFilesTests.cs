using System.Runtime.InteropServices;
using Google.Protobuf;
using TinySaver.Inference.Graphs;
using TinySaver.Inference.Tests.Graphs;

namespace TinySaver.Inference.Tests.Models;

/// <summary>A model folder's files, links and graphs may come from anybody: only regular files below the folder are read.</summary>
public sealed partial class ConfinedFilesTests
{
    private const string Confined = "is not below that folder or is a link out of it";

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../model.onnx")]
    [InlineData("onnx/../../model.onnx")]
    [InlineData("..\\model.onnx")]
    [InlineData("model.onnx\0")]
    public void Open_OnnxFileOutsideTheFolder_IsRefused(string name)
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5);

        Assert.Contains(Confined, folder.Refusal(name), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd", "initializer")]
    [InlineData("../weights", "initializer")]
    [InlineData("../weights", "earlier initializer of the same name")]
    [InlineData("../weights", "sparse initializer")]
    [InlineData("../weights", "constant")]
    [InlineData("../weights", "branch")]
    [InlineData("../weights", "function")]
    public void Open_ExternalWeightsOutsideTheFolder_AreRefusedWhereverTheyAreNamed(string location, string place)
    {
        ModelProto model = new SmallNet().Build().Build();
        var tensor = new TensorProto { Name = "w", DataType = TensorProto.Types.DataType.Float, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        var attribute = new AttributeProto { Name = "value" };
        var inner = new GraphProto();
        inner.Initializer.Add(tensor);
        switch (place)
        {
            case "initializer":
                model.Graph.Initializer.Add(tensor);
                break;
            case "earlier initializer of the same name":
                model.Graph.Initializer.Add(tensor);
                model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = TensorProto.Types.DataType.Float, FloatData = { 1 }, Dims = { 1 } });
                break;
            case "sparse initializer":
                model.Graph.SparseInitializer.Add(new SparseTensorProto { Values = tensor });
                break;
            case "constant":
                attribute.T = tensor;
                model.Graph.Node.Add(new NodeProto { OpType = "Constant", Attribute = { attribute }, Output = { "c" } });
                break;
            case "branch":
                attribute.G = inner;
                model.Graph.Node.Add(new NodeProto { OpType = "If", Attribute = { attribute }, Output = { "c" } });
                break;
            default:
                attribute.Tensors.Add(tensor);
                model.Functions.Add(new FunctionProto { Name = "f", Node = { new NodeProto { OpType = "Constant", Attribute = { attribute } } } });
                break;
        }

        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).With("model.onnx", model.ToByteArray());

        Assert.Contains(Confined, folder.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", "../elsewhere.json")]
    [InlineData("preprocessor_config.json", "/etc/passwd")]
    [InlineData("model.onnx", "/dev/zero")]
    [InlineData("model.onnx", "model.onnx")]
    public void Open_LinkOutOfTheFolderOrInCircles_IsRefused(string name, string target)
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).Without(name);
        File.CreateSymbolicLink(Path.Combine(folder.Path, name), target);

        Assert.Contains(Confined, folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderThatIsALinkOut_IsRefused()
    {
        using var elsewhere = TestFolder.Of(new SmallNet().Build(), 5);
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).Without("model.onnx");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "onnx"), elsewhere.Path);

        Assert.Contains(Confined, folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LinksWithinTheFolder_AreFollowed()
    {
        using TestFolder folder = TestFolder.Of(new SmallNet().Build(), 5).Without("model.onnx").With("blobs/weights", new SmallNet().Build().ToBytes());
        Directory.CreateDirectory(Path.Combine(folder.Path, "onnx"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "onnx", "model.onnx"), "../blobs/weights");

        Assert.Equal("onnx/model.onnx", folder.Open().OnnxFile);
    }

    [Theory]
    [InlineData("config.json", "is not valid JSON")]
    [InlineData("preprocessor_config.json", "is not valid JSON")]
    [InlineData("model.onnx", "is not an ONNX model")]
    [InlineData(ExternalWeights.FileName, "which cannot be read: there is no regular file of that name")]
    public void Open_PipeInsteadOfAFile_IsRefusedAndNeverOpened(string name, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Makes a pipe.");
        using TestFolder folder = ExternalWeights.Folder().Without(name);
        Assert.Equal(0, MakePipe(Path.Combine(folder.Path, name), Convert.ToUInt32("600", 8)));

        Assert.Contains(expected, folder.Refusal(), StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
