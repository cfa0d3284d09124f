using System.Text.Json;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Who asks, and in which tenant.</summary>
internal static class SignIn
{
    public static readonly Check Check = new("sign-in", LookAsync, Seconds: 60);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        JsonElement subscription;
        try
        {
            subscription = await d.Azure.GetAsync($"/subscriptions/{d.Subscription}", ApiVersions.Subscription, cancellationToken);
        }
        catch (ResourceManagerException error) when (error.Status == 404)
        {
            return Finding.Broken(
                $"whoever is signed in does not see the subscription {d.Subscription}",
                $"Run `az login{(d.Tenant is { } of ? $" --tenant {of}" : "")}` with the account that you gave azd, or name another one with --subscription.");
        }

        string tenant = subscription.Text("tenantId"), state = subscription.Text("state");
        if (d.Tenant is { } expected && tenant != expected)
            return Finding.Broken($"the sign-in sees the subscription in the tenant {tenant}, but azd deployed to {expected}", $"Run `az login --tenant {expected}`.");

        return state == "Enabled"
            ? Finding.Ok($"subscription {subscription.Text("displayName")} in the tenant {tenant}")
            : Finding.Broken($"the subscription {subscription.Text("displayName")} is {state}", "Enable it in the portal.");
    }
}

/// <summary>What there is in the resource group.</summary>
internal static class ResourceGroup
{
    public static readonly Check Check = new("resource group", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        try
        {
            return Finding.Ok($"{d.Group} has {await d.ListAsync(cancellationToken)} resources");
        }
        catch (ResourceManagerException error) when (error.Status == 404)
        {
            return Finding.Broken($"there is no resource group {d.Group} in the subscription", "Run `azd provision`, or select another environment with `azd env select`.");
        }
    }
}
