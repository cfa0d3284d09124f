using TinySaver.Core.Failures;

namespace TinySaver.Inference;

/// <summary>A model folder, or two models together, cannot be used; the message says in one sentence what is wrong and what would mend it.</summary>
public sealed class InvalidModelException(string message, Exception? innerException = null) : TinySaverException(message, innerException);
