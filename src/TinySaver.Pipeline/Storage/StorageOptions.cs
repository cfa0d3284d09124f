using System.ComponentModel.DataAnnotations;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Storage;

/// <summary>Which storage account the pipeline uses, and the names in it. Section <c>TinySaver:Storage</c>.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>The section that a host binds.</summary>
    public const string Section = "TinySaver:Storage";

    /// <summary>A connection string: an Azurite's, or an account's with a key. Either this or <see cref="AccountUrl"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The account's blob address, such as <c>https://account.blob.core.windows.net</c>; queue and table addresses follow from
    /// it. Signs in with <c>DefaultAzureCredential</c>.
    /// </summary>
    public Uri? AccountUrl { get; set; }

    /// <summary>The blob container of the images. Default <c>images</c>.</summary>
    [Required, RegularExpression(ContainerPattern)]
    public string ImagesContainer { get; set; } = "images";

    /// <summary>The blob container of policies and models. Default <c>models</c>.</summary>
    [Required, RegularExpression(ContainerPattern)]
    public string ModelsContainer { get; set; } = "models";

    /// <summary>The table of the labels. Default <c>labels</c>.</summary>
    [Required, RegularExpression(TablePattern)]
    public string LabelsTable { get; set; } = "labels";

    /// <summary>The table of the audit sample, and of how the guarantees stand. Default <c>audits</c>.</summary>
    [Required, RegularExpression(TablePattern)]
    public string AuditsTable { get; set; } = "audits";

    /// <summary>The Storage queue of the escalations; its dead-letter queue has <c>-dead</c> after the name. Default <c>escalations</c>.</summary>
    [Required, RegularExpression("^(?=.{3,58}$)[a-z0-9](-?[a-z0-9])+$")]
    public string EscalationsQueue { get; set; } = "escalations";

    /// <summary>The table of the batch jobs. Default <c>jobs</c>.</summary>
    [Required, RegularExpression(TablePattern)]
    public string JobsTable { get; set; } = "jobs";

    /// <summary>The table of people's reviews. Default <c>reviews</c>.</summary>
    [Required, RegularExpression(TablePattern)]
    public string ReviewsTable { get; set; } = "reviews";

    /// <summary>The Storage queue of the batch jobs' requests. Default <c>jobs</c>.</summary>
    [Required, RegularExpression(ContainerPattern)]
    public string JobsQueue { get; set; } = "jobs";

    /// <summary>The Storage queue of the batch jobs' images, 64 to a message. Default <c>images</c>.</summary>
    [Required, RegularExpression(ContainerPattern)]
    public string ChunksQueue { get; set; } = "images";

    /// <summary>The blob container of the batch jobs' manifests. Default <c>jobs</c>.</summary>
    [Required, RegularExpression(ContainerPattern)]
    public string JobsContainer { get; set; } = "jobs";

    /// <summary>The blob container of the batch jobs' results. Default <c>results</c>.</summary>
    [Required, RegularExpression(ContainerPattern)]
    public string ResultsContainer { get; set; } = "results";

    /// <summary>How long a received message, of escalations or of batch jobs, is hidden from other receivers, unless renewed. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan EscalationLock { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often an escalation is delivered before it is dead-lettered. Default 5.</summary>
    [Range(1, 1_000)]
    public int MaxDeliveries { get; set; } = 5;

    /// <summary>The setting that names the account, and the account where an address does, for messages.</summary>
    internal string Setting => AccountUrl is null
        ? SettingName.Of(Section, nameof(ConnectionString))
        : $"{SettingName.Of(Section, nameof(AccountUrl))} ({AccountUrl.Host})";

    /// <summary>Refuses options that name no account, or two, or one in a form that no client takes.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // No member name: the value, which may hold a key, is kept out of the message.
        try
        {
            StorageClients.Create(this);
            return [];
        }
        catch (TinySaverException e)
        {
            return [new ValidationResult(e.Message)];
        }
    }

    private const string TablePattern = "^[A-Za-z][A-Za-z0-9]{2,62}$";

    // Lower-case letters, digits and single dashes, 3 to 63.
    private const string ContainerPattern = "^(?=.{3,63}$)[a-z0-9](-?[a-z0-9])+$";
}
