using TinySaver.Core.Failures;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class PoisonedImageTests
{
    [Fact]
    public void Read_HostsMessage_NamesTheImageVersion()
    {
        const string Message = """
            {"Type":"BlobTrigger","FunctionId":"Host.Functions.ClassifyWithTinyModel","BlobType":"BlockBlob",
             "ContainerName":"images","BlobName":"batch/a b#.png","ETag":"\"0x8DC\""}
            """;

        Assert.Equal(new ImageReference("batch/a b#.png", "0x8DC"), PoisonedImage.Read(Message));
    }

    [Fact]
    public void Read_NoETag_MeansWhicheverVersionIsThere() =>
        Assert.Equal(new ImageReference("a.png"), PoisonedImage.Read("""{"ContainerName":"images","BlobName":"a.png","ETag":null}"""));

    [Fact]
    public void Read_OtherContainer_IsNotOurs() =>
        Assert.Null(PoisonedImage.Read("""{"ContainerName":"invoices","BlobName":"a.pdf","ETag":"1"}"""));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"BlobName":"a.png"}""")]
    [InlineData("""{"ContainerName":"images","BlobName":""}""")]
    [InlineData("""{"ContainerName":"images","BlobName":7}""")]
    public void Read_NamesNoImage_IsMalformed(string message) =>
        Assert.Equal(FailureReason.MalformedMessage, Assert.Throws<PermanentFailureException>(() => PoisonedImage.Read(message)).Reason);
}
