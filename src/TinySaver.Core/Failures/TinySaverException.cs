namespace TinySaver.Core.Failures;

/// <summary>An error whose message is written for the person who can mend it: what failed, the value found, the one expected, the remedy.</summary>
/// <remarks>Hosts print the message and no stack trace. Anything else that is thrown is a bug or an outage.</remarks>
public class TinySaverException : Exception
{
    /// <summary>Creates the error with a message for people.</summary>
    public TinySaverException(string message) : base(message)
    {
    }

    /// <summary>Creates the error with a message for people and its cause.</summary>
    public TinySaverException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
