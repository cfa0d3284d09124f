using TinySaver.Core.Failures;

namespace TinySaver.Core.Cascade;

/// <summary>A cascade policy cannot be used; the message names the file, the field and the remedy.</summary>
public sealed class InvalidPolicyException(string message, Exception? innerException = null)
    : TinySaverException(message, innerException);
