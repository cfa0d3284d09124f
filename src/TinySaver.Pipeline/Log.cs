using Microsoft.Extensions.Logging;
using TinySaver.Calibration.Watch;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline;

/// <summary>What the pipeline logs; event ids stay what they are.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Loaded cascade policy {Policy} from {Source}: savers {Savers}, large model {Large}, in {Milliseconds:F0} ms.")]
    public static partial void CascadeLoaded(ILogger logger, string policy, string source, string savers, string large, double milliseconds);

    [LoggerMessage(2, LogLevel.Error, "The cascade policy in {Source} changed but cannot be used; the one in use, {Policy}, stays.")]
    public static partial void CascadeRefreshFailed(ILogger logger, Exception error, string source, string policy);

    [LoggerMessage(3, LogLevel.Information, "Downloading model {Model} ({Files} files, {Bytes} bytes) from container {Container}.")]
    public static partial void ModelDownloading(ILogger logger, string model, int files, long bytes, string container);

    [LoggerMessage(10, LogLevel.Debug, "{Name}: {Outcome}.")]
    public static partial void ImageDone(ILogger logger, string name, string outcome);

    [LoggerMessage(11, LogLevel.Warning, "{Name} failed: {Reason}: {Detail}")]
    public static partial void ImageFailed(ILogger logger, string name, string reason, string detail);

    [LoggerMessage(12, LogLevel.Warning, "{Name}: transient failure in the {Stage} stage, try {Try}; it is tried again.")]
    public static partial void ImageRetried(ILogger logger, Exception error, string name, string stage, long @try);

    [LoggerMessage(13, LogLevel.Error, "A message was taken off a queue that names no image, and is done with: {Detail}")]
    public static partial void MessageMalformed(ILogger logger, string detail);

    [LoggerMessage(14, LogLevel.Warning, "The large model failed on a batch of {Images} images; each is tried alone.")]
    public static partial void BatchFailed(ILogger logger, Exception error, int images);

    [LoggerMessage(15, LogLevel.Warning, "The escalation backlog of {Backlog} exceeds {Limit}: tiny labels are accepted below the threshold and marked degraded.")]
    public static partial void Overloaded(ILogger logger, long backlog, long limit);

    [LoggerMessage(16, LogLevel.Error, "The escalation backlog cannot be read, so its limit of {Limit} does nothing; the last known one, {Backlog}, holds until it can. In Azure the app needs the role Azure Service Bus Data Owner on the queue. Said once.")]
    public static partial void BacklogUnknown(ILogger logger, Exception error, long limit, long backlog);

    [LoggerMessage(17, LogLevel.Warning, "{Images} of a batch of {Batch} escalated images are labelled by the large model alone although the policy pools: {Why}. Messages from before the policy changed end by themselves; others mean that the two apps use different policies.")]
    public static partial void Unpooled(ILogger logger, int images, int batch, string why);

    [LoggerMessage(18, LogLevel.Error, "There is no table of audits, so what both models say of the images of the audit sample is not kept, and the guarantee is not watched; `azd provision` makes it. Said once.")]
    public static partial void NoAuditsTable(ILogger logger, Exception error);

    [LoggerMessage(19, LogLevel.Warning, "Safe mode: the guarantee of policy {Policy} is {State}.")]
    public static partial void SafeMode(ILogger logger, string policy, string state);

    [LoggerMessage(22, LogLevel.Error, "Whether the guarantee of policy {Policy} is broken cannot be read; for the safe mode the last known answer holds.")]
    public static partial void GuaranteeUnknown(ILogger logger, Exception error, string policy);

    [LoggerMessage(EventId = 23, Message = "The guarantee of policy {Policy}: {State}. {Report}")]
    public static partial void GuaranteeChanged(ILogger logger, LogLevel level, string policy, GuaranteeState state, GuaranteeReport report);

    [LoggerMessage(21, LogLevel.Warning, "{Work} met an outage; tried again in {Delay}.")]
    public static partial void OutageMet(ILogger logger, Exception error, string work, TimeSpan delay);

    [LoggerMessage(20, LogLevel.Warning, "{Work} failed; tried again in {Delay}.")]
    public static partial void LoopFailed(ILogger logger, Exception error, string work, TimeSpan delay);

    [LoggerMessage(42, LogLevel.Error, "Nothing could be done about a batch of {Messages} escalations; they come again after {Pause}.")]
    public static partial void BatchNotReceived(ILogger logger, Exception error, int messages, TimeSpan pause);

    [LoggerMessage(43, LogLevel.Warning, "A message could not be settled ({Kind}); it is delivered again.")]
    public static partial void MessageNotSettled(ILogger logger, Exception error, SettlementKind kind);

    [LoggerMessage(44, LogLevel.Debug, "A message's lock could not be renewed.")]
    public static partial void LockNotRenewed(ILogger logger, Exception error);

    [LoggerMessage(50, LogLevel.Information, "Job {Job} is finished.")]
    public static partial void JobFinished(ILogger logger, string job);

    [LoggerMessage(51, LogLevel.Error, "A message was taken off the queue of jobs that is no job, and is done with; the table of jobs shows it. {Why}")]
    public static partial void JobRefused(ILogger logger, string why);

    // What the function apps log.
    [LoggerMessage(40, LogLevel.Information, "Model {Model} ({Hash}) is ready and runs on {Provider}.")]
    public static partial void ModelReady(ILogger logger, string model, string hash, string provider);

    [LoggerMessage(41, LogLevel.Warning, "The large model falls back to the CPU, which TinySaver__Functions__RequireGpu=true would make an error: {Reason}")]
    public static partial void FellBackToCpu(ILogger logger, string reason);

    [LoggerMessage(45, LogLevel.Error, "Unhealthy: {Dependency} cannot be used.")]
    public static partial void Unhealthy(ILogger logger, Exception error, string dependency);

    [LoggerMessage(47, LogLevel.Information, "The connections could not be made in advance: {Why}")]
    public static partial void NotConnected(ILogger logger, string why);

    [LoggerMessage(46, LogLevel.Critical, "The app cannot work, so it stops; the Functions host starts it again. {Why}")]
    public static partial void NotReady(ILogger logger, string why);
}
