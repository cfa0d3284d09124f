using TinySaver.Core.Jobs;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Reviews;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Viewer;

/// <summary>What the page shows: one storage account and the cascade that labels there.</summary>
/// <param name="Account">The account's name, without any key.</param>
/// <param name="Images">Its images.</param>
/// <param name="Labels">Their rows.</param>
/// <param name="Jobs">Its batch jobs.</param>
/// <param name="Reviews">What people say of its images.</param>
/// <param name="Escalations">Its queue of escalations.</param>
/// <param name="Audits">Its audit sample.</param>
/// <param name="Watches">How its guarantees stand.</param>
/// <param name="Files">Where its policy is read.</param>
/// <param name="Cascade">The models, loaded when somebody asks them.</param>
/// <param name="Pipeline">The limits of images, and prices where the settings have them.</param>
public sealed record ViewerSources(
    string Account, BlobImageStore Images, TableLabelStore Labels, IJobStore Jobs, ReviewStore Reviews, StorageEscalations Escalations, IAuditStore Audits,
    IWatchStore Watches, ICascadeFiles Files, CascadeHost Cascade, PipelineOptions Pipeline)
{
    /// <summary>What a million images cost, from the milliseconds of an image at the savers and at the large model; null where nobody estimates it.</summary>
    public Func<double, double, JobPrices?>? Estimate { get; init; }
}

/// <summary>How the page is served.</summary>
/// <param name="Port">The port on loopback; 0 for any that is free.</param>
/// <param name="ReadOnly">Whether the page changes nothing in the account.</param>
/// <param name="Reviewer">Who judges, as the reviews say.</param>
public sealed record ViewerOptions(int Port, bool ReadOnly, string Reviewer);
