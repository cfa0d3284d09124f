using Google.Protobuf;
using TinySaver.Inference.Graphs;
using TinySaver.Inference.Tests.Graphs;

namespace TinySaver.Inference.Tests.Models;

/// <summary>A model whose convolution's weights lie in a file beside it, as exporters do above 2 GB.</summary>
internal static class ExternalWeights
{
    public const string FileName = "model.onnx_data";
    public const int Bytes = 6 * 27 * sizeof(float);

    public static TestFolder Folder()
    {
        ModelProto model = new SmallNet().Build().Build();
        TensorProto filters = model.Graph.Initializer.Single(static tensor => tensor.Name == "filters");
        byte[] weights = filters.RawData.ToByteArray();
        filters.ClearRawData();
        filters.DataLocation = TensorProto.Types.DataLocation.External;
        filters.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = FileName });
        filters.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{weights.Length}" });
        return TestFolder.Of(new SmallNet().Build(), 5).With("model.onnx", model.ToByteArray()).With(FileName, weights);
    }
}
