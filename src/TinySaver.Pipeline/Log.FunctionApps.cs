using Microsoft.Extensions.Logging;

namespace TinySaver.Pipeline;

// What the function apps log; event ids from 40.
internal static partial class Log
{
    [LoggerMessage(40, LogLevel.Information, "Model {Model} ({Hash}) is ready and runs on {Provider}.")]
    public static partial void ModelReady(ILogger logger, string model, string hash, string provider);

    [LoggerMessage(41, LogLevel.Warning, "The large model falls back to the CPU, which TinySaver__Functions__RequireGpu=true would make an error: {Reason}")]
    public static partial void FellBackToCpu(ILogger logger, string reason);

    [LoggerMessage(45, LogLevel.Error, "The policy cannot be loaded.")]
    public static partial void Unhealthy(ILogger logger, Exception error);

    [LoggerMessage(46, LogLevel.Critical, "The cascade cannot be loaded, so the app stops; the Functions host starts it again.")]
    public static partial void NotReady(ILogger logger, Exception error);
}
