namespace TinySaver.Fuzz;

/// <summary>One kind of input that is damaged at random and then read.</summary>
/// <remarks>A case depends on nothing but its random numbers, so that any case can be run again alone.</remarks>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>The input of the case that ran last, for saving it where it found a fault.</summary>
    public byte[] Input { get; protected set; } = [];

    /// <summary>What a saved input's file name ends in, with its dot.</summary>
    public abstract string Extension { get; }

    /// <summary>Makes one damaged input and reads it.</summary>
    /// <returns>What came of it, in few words, for the tally.</returns>
    /// <exception cref="FuzzFault">The result is wrong. Any other exception counts as a fault too: refusals are caught here.</exception>
    public abstract string Try(Random random);

    /// <summary>Deletes what the target keeps on disk.</summary>
    public virtual void Dispose()
    {
    }
}

/// <summary>A case whose result is wrong; the message says how.</summary>
internal sealed class FuzzFault(string message) : Exception(message);
