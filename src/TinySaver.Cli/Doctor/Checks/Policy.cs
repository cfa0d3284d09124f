using TinySaver.Cli.Policies;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Which policy the apps use.</summary>
internal static class Policy
{
    public static readonly Check Check = new("policy", LookAsync, InAzure: false);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken) => await d.PolicyAsync(cancellationToken) switch
    {
        { } found => Finding.Ok($"{found.Policy.Id}: {PolicyCommand.Deciders(found.Policy)}"),
        null when d.IsInAzure => Finding.Broken($"the container '{d.Account.Options.ModelsContainer}' has no policy", "Run `azd hooks run postprovision`, or `tinysaver policy publish`."),
        _ => Finding.NotHere("a local run has its policy and models on this machine"),
    };
}

/// <summary>Whether the policy's models are there, as they were published.</summary>
internal static class Models
{
    public static readonly Check Check = new("models", LookAsync, InAzure: false);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        if (await d.PolicyAsync(cancellationToken) is not { } found)
            return Finding.NotHere("there is no policy in the account");

        if (!found.Published)
            return Finding.Warning("cascade.json and its models were not published, so what changed since cannot be told", "Publish them with `tinysaver policy publish`.");

        return await StoredModel.ProblemAsync(d.Account.Models, found.Policy, cancellationToken) is { } problem
            ? Finding.Broken(problem, "Publish the policy again: `azd hooks run postprovision`, or `tinysaver policy publish`.")
            : Finding.Ok($"{string.Join(", ", found.Policy.Models.Select(m => m.Name))}, as they were published");
    }
}
