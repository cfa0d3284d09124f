using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Classification;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Checks at start what would otherwise fail at the first image: connections, names that must agree, and the GPU.</summary>
internal sealed class FunctionAppValidator(IConfiguration configuration, bool isTiny, Action<string> parseServiceBus) : IValidateOptions<FunctionAppOptions>
{
    public ValidateOptionsResult Validate(string? name, FunctionAppOptions options)
    {
        string[] problems = [.. Connections(), .. Container(), .. Gpu(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> Connections() =>
        [.. isTiny ? FunctionAppConnection.Images.Problems(configuration) : [], .. FunctionAppConnection.Escalations(parseServiceBus).Problems(configuration)];

    // Triggers have their names from constants.
    private IEnumerable<string> Container() =>
        from name in (IEnumerable<(string Option, string Fixed)>)
        [
            (nameof(StorageOptions.ImagesContainer), FunctionAppOptions.ImagesContainer),
            (nameof(StorageOptions.JobsQueue), FunctionAppOptions.JobsQueue),
            (nameof(StorageOptions.ChunksQueue), FunctionAppOptions.ChunksQueue),
        ]
        let value = configuration[$"{StorageOptions.Section}:{name.Option}"]
        where value is not null && value != name.Fixed
        select $"The setting {SettingName.Of(StorageOptions.Section, name.Option)} is '{value}', but the trigger watches '{name.Fixed}'; remove the setting.";

    private IEnumerable<string> Gpu(FunctionAppOptions options)
    {
        string? provider = configuration[$"{CascadeSourceOptions.Section}:{nameof(CascadeSourceOptions.LargeProvider)}"];
        if (!isTiny && options.RequireGpu && !string.Equals(provider, nameof(ExecutionProvider.Cuda), StringComparison.OrdinalIgnoreCase))
        {
            yield return $"The setting {SettingName.Of(FunctionAppOptions.Section, nameof(FunctionAppOptions.RequireGpu))} is true, but " +
                $"{SettingName.Of(CascadeSourceOptions.Section, nameof(CascadeSourceOptions.LargeProvider))} is '{provider ?? nameof(ExecutionProvider.Cpu)}'; " +
                $"set it to {nameof(ExecutionProvider.Cuda)}.";
        }
    }
}
