namespace TinySaver.Fuzz.Models;

/// <summary>The smallest sample model in the temporary directory, for cases that change a file of it.</summary>
internal sealed class FuzzedFolder : IDisposable
{
    private static readonly string Corpus = System.IO.Path.Combine(AppContext.BaseDirectory, "Corpus", "model");

    public static readonly byte[] Onnx = Sound("model.onnx");
    public static readonly byte[] Labels = Sound("config.json");
    public static readonly byte[] Processor = Sound("preprocessor_config.json");

    public FuzzedFolder()
    {
        Write("model.onnx", Onnx);
        Write("config.json", Labels);
        Write("preprocessor_config.json", Processor);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("tinysaver-fuzz-").FullName;

    public void Write(string name, byte[] bytes) => File.WriteAllBytes(System.IO.Path.Combine(Path, name), bytes);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static byte[] Sound(string name) => File.ReadAllBytes(System.IO.Path.Combine(Corpus, name));
}
