using TinySaver.Inference.Cascades;

namespace TinySaver.Pipeline.Cascades;

/// <summary>A loaded cascade that is freed when it has been replaced and its last user is done.</summary>
internal sealed class SharedCascade(LoadedCascade cascade, string tag)
{
    // The holder's own, until Close.
    private int _users = 1;

    public LoadedCascade Cascade { get; } = cascade;

    public string Tag { get; } = tag;

    public bool TryRent()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    public void Return()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Cascade.Dispose();
        }
    }

    public void Close() => Return();
}
