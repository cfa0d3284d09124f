using TinySaver.Core.Labels;

namespace TinySaver.Inference.Cascades;

/// <summary>What the savers of a cascade say of one image.</summary>
/// <param name="Prediction">The prediction of the saver that was asked last.</param>
/// <param name="SaverIndex">Which saver that was, from 0.</param>
/// <param name="Exits">Whether the image exits there; else it goes to the large model.</param>
/// <param name="Macs">Multiply-accumulate operations spent by all savers that were asked.</param>
public readonly record struct SaverAnswer(Prediction Prediction, int SaverIndex, bool Exits, long Macs);
