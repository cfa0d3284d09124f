namespace TinySaver.Pipeline.Tables;

/// <summary>A file that is read no more than a sound one is: pages that lead back to themselves would be read for ever. Remembers whether reading itself failed.</summary>
internal sealed class FrugalStream(Stream inner) : Stream
{
    // The footer is read three times.
    private long _left = 6 * inner.Length;

    private bool _isAway;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <summary>Whether what a reader threw is the file's fault, and not that of the storage that holds it.</summary>
    public bool IsDamage(Exception failure) => !_isAway && failure is not OperationCanceledException;

    public override int Read(byte[] buffer, int offset, int count)
    {
        _isAway = true;
        int read = inner.Read(buffer, offset, count);
        _isAway = false;
        return Count(read);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _isAway = true;
        int read = await inner.ReadAsync(buffer, cancellationToken);
        _isAway = false;
        return Count(read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int read)
    {
        _left -= Math.Max(read, 1);
        return _left >= 0 ? read : throw new InvalidDataException("its pages lead back to themselves.");
    }
}
