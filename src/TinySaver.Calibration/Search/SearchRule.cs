namespace TinySaver.Calibration.Search;

/// <summary>How a search chooses an exit threshold: one of <see cref="CertifiedRule"/>, <see cref="PaperRule"/>, <see cref="BudgetRule"/>, <see cref="FixedRule"/>.</summary>
public abstract record SearchRule
{
    private protected SearchRule()
    {
    }

    /// <summary>The rule's name in options, policies and output.</summary>
    public abstract string Name { get; }

    /// <summary>Refuses parameters that are out of range.</summary>
    /// <exception cref="Core.Failures.TinySaverException">A parameter is out of range.</exception>
    internal abstract void Check();
}
