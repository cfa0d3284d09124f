namespace TinySaver.Core.Failures;

/// <summary>An error whose message is written for the person who can mend it: what failed, the value found, the one expected, the remedy.</summary>
/// <remarks>Hosts print the message and no stack trace. Anything else that is thrown is a bug or an outage.</remarks>
public class TinySaverException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>One image cannot be classified and trying again would not help; it becomes a <c>Failed</c> row, never a retry.</summary>
/// <remarks>This is the only type that marks a failure as permanent: every other exception counts as transient.</remarks>
/// <param name="reason">The kind of failure.</param>
/// <param name="message">What was found and what was expected, for the person who reads the row.</param>
/// <param name="innerException">The cause, where there is one.</param>
public sealed class PermanentFailureException(FailureReason reason, string message, Exception? innerException = null)
    : TinySaverException(message, innerException)
{
    /// <summary>The kind of failure.</summary>
    public FailureReason Reason { get; } = reason;
}
