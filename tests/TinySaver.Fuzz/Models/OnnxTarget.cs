using TinySaver.Core.Failures;
using TinySaver.Inference;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Compute;
using TinySaver.Inference.Models;

namespace TinySaver.Fuzz.Models;

/// <summary>Damaged ONNX files: opened, counted and loaded, or refused in one sentence.</summary>
internal sealed class OnnxTarget : FuzzTarget
{
    private readonly FuzzedFolder _folder = new();

    public override string Extension => ".onnx";

    public override string Try(Random random)
    {
        byte[] damaged = random.Next(4) == 0 ? FuzzedFolder.Onnx : GraphDamage.Apply(FuzzedFolder.Onnx, random);
        Input = random.Next(2) == 0 ? damaged : Mutator.Damage(damaged, FuzzedFolder.Onnx, 2_000, random);
        _folder.Write("model.onnx", Input);
        try
        {
            var model = ModelFolder.Open(_folder.Path);
            int refusals = Refusal(() => ComputeCostCounter.Count(model)) + Refusal(() => OnnxClassifier.Load(model).Dispose());
            return refusals switch { 0 => "counted and loaded", 1 => "counted or loaded", _ => "opened only" };
        }
        catch (InvalidModelException)
        {
            return "refused";
        }
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }

    private static int Refusal(Action read)
    {
        try
        {
            read();
            return 0;
        }
        catch (TinySaverException)
        {
            return 1;
        }
    }
}
