namespace TinySaver.Inference.Classification;

/// <summary>Room for the input tensors of some images, rented from an <see cref="OnnxClassifier"/>; dispose it to give it back.</summary>
/// <remarks>
/// Different slots may be filled from different threads. What a slot holds before it is filled is left over from earlier use.
/// Spans got from it must not be used after <see cref="Dispose"/>.
/// </remarks>
public sealed class ImageBatch : IDisposable
{
    private readonly OnnxClassifier _owner;
    private BatchBuffers? _buffers;

    internal ImageBatch(OnnxClassifier owner, BatchBuffers buffers)
    {
        _owner = owner;
        _buffers = buffers;
        Capacity = buffers.Capacity;
    }

    /// <summary>The number of images that fit.</summary>
    public int Capacity { get; }

    /// <summary>The input tensor of one image, in the layout of the classifier's preprocessing.</summary>
    /// <param name="index">0 to <see cref="Capacity"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="ObjectDisposedException">The batch was given back.</exception>
    public Span<float> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Capacity);
            return Buffers.Input(index);
        }
    }

    internal BatchBuffers Buffers => _buffers ?? throw new ObjectDisposedException(nameof(ImageBatch));

    internal bool BelongsTo(OnnxClassifier classifier) => ReferenceEquals(_owner, classifier);

    /// <summary>Gives the memory back to the classifier.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffers, null) is { } buffers)
            _owner.Return(buffers);
    }
}
