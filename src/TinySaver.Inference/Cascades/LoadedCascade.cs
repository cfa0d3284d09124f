using TinySaver.Core.Cascade;

namespace TinySaver.Inference.Cascades;

/// <summary>A cascade policy with its models in memory. Safe to share between threads.</summary>
public sealed class LoadedCascade : IDisposable
{
    private readonly SaverChain? _savers;
    private readonly CascadeModel? _large;

    internal LoadedCascade(CascadePolicy policy, IReadOnlyList<string> labels, long? largeMacs, SaverChain? savers, CascadeModel? large)
    {
        Policy = policy;
        PolicyId = policy.Id;
        Labels = labels;
        LargeMacs = largeMacs;
        _savers = savers;
        _large = large;
    }

    /// <summary>The policy.</summary>
    public CascadePolicy Policy { get; }

    /// <summary>The policy's id.</summary>
    public string PolicyId { get; }

    /// <summary>The label texts of the large model, in which every prediction is expressed; the index is the identity.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The large model's multiply-accumulate operations for one image; null where only the savers are loaded and the policy does not say.</summary>
    public long? LargeMacs { get; }

    /// <summary>The savers.</summary>
    /// <exception cref="InvalidOperationException">They were not asked for when the cascade was loaded.</exception>
    public SaverChain Savers => _savers ?? throw new InvalidOperationException("The cascade was loaded without its savers.");

    /// <summary>The large model.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for when the cascade was loaded.</exception>
    public CascadeModel Large => _large ?? throw new InvalidOperationException("The cascade was loaded without its large model.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _savers?.Dispose();
        _large?.Dispose();
    }
}
