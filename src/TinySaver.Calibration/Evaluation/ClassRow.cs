namespace TinySaver.Calibration.Evaluation;

/// <summary>How one class fares.</summary>
/// <param name="Class">The class index.</param>
/// <param name="Images">Images whose true class it is.</param>
/// <param name="AccuracySaver">Share of them that the first saver alone has right.</param>
/// <param name="AccuracyLarge">Share that the large model alone has right.</param>
/// <param name="AccuracyCascade">Share that the cascade has right.</param>
/// <param name="AccuracyDrop">AccuracyLarge − AccuracyCascade: above 0 the class loses.</param>
/// <param name="ExitRate">Share that exits at a saver.</param>
/// <param name="Losses">Images that only the large model has right.</param>
/// <param name="Gains">Images that only the cascade has right.</param>
public sealed record ClassRow(
    int Class,
    int Images,
    double AccuracySaver,
    double AccuracyLarge,
    double AccuracyCascade,
    double AccuracyDrop,
    double ExitRate,
    int Losses,
    int Gains);
