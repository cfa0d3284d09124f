namespace TinySaver.Inference.Imaging;

/// <summary>The order of the dimensions in a model's image input.</summary>
public enum TensorLayout
{
    /// <summary>Batch, channel, row, column: three planes an image.</summary>
    Nchw,

    /// <summary>Batch, row, column, channel: red, green and blue side by side.</summary>
    Nhwc,
}
