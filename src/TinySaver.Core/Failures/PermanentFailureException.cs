namespace TinySaver.Core.Failures;

/// <summary>One image cannot be classified and trying again would not help; it becomes a <c>Failed</c> row, never a retry.</summary>
/// <remarks>This is the only type that marks a failure as permanent: every other exception counts as transient.</remarks>
public sealed class PermanentFailureException : TinySaverException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="reason">The kind of failure.</param>
    /// <param name="message">What was found and what was expected, for the person who reads the row.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public PermanentFailureException(FailureReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>The kind of failure.</summary>
    public FailureReason Reason { get; }
}
