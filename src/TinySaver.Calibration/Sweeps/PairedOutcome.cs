namespace TinySaver.Calibration.Sweeps;

/// <summary>How a saver and the large model did on the same image.</summary>
[Flags]
public enum PairedOutcome : byte
{
    /// <summary>Both wrong, with the same class.</summary>
    None = 0,

    /// <summary>The saver's class is the true one.</summary>
    SaverCorrect = 1,

    /// <summary>The large model's class is the true one.</summary>
    LargeCorrect = 2,

    /// <summary>The two chose different classes.</summary>
    Disagree = 4,
}
