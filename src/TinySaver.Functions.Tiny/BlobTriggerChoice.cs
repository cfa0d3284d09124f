using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Leaves one of the two blob triggers in what the worker tells the host, so that exactly one is ever active.</summary>
internal sealed class BlobTriggerChoice(IOptions<FunctionAppOptions> options) : IFunctionMetadataTransformer
{
    /// <inheritdoc/>
    public string Name => nameof(BlobTriggerChoice);

    /// <inheritdoc/>
    public void Transform(IList<IFunctionMetadata> original)
    {
        string other = options.Value.BlobTrigger == BlobTriggerKind.EventGrid ? nameof(ClassifyWithTinyModelByPolling) : nameof(ClassifyWithTinyModel);
        original.Remove(original.Single(function => function.Name == other));
    }
}
