using TinySaver.Core.Failures;

namespace TinySaver.Inference;

/// <summary>A model folder, or two models together, cannot be used; the message says in one sentence what is wrong and what would mend it.</summary>
public sealed class InvalidModelException : TinySaverException
{
    /// <summary>Creates the error.</summary>
    public InvalidModelException(string message) : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public InvalidModelException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
