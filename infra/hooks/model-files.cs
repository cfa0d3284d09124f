#:project ../../src/TinySaver.Inference/TinySaver.Inference.csproj
#:property PublishAot=false

// Says which files a cascade policy needs in the container of the models, for upload-models.sh and upload-models.ps1:
//   dotnet run infra/hooks/model-files.cs -- samples/cascade.json
// Each line is a file's SHA-256, its blob name and its path, with tabs between. The policy comes last, so that whoever finds it
// finds its models. Checks that every model is, byte for byte, the one that the policy was made for.

using System.Security.Cryptography;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Models;

const string PolicyBlob = "cascade.json";

if (args is not [string policyPath])
{
    Console.Error.WriteLine("Usage: dotnet run infra/hooks/model-files.cs -- POLICY");
    return 2;
}

try
{
    CascadePolicy policy = CascadeLoader.ReadPolicy(policyPath);
    string root = Path.GetDirectoryName(Path.GetFullPath(policyPath))!;
    var lines = new List<string>();
    foreach (ModelReference model in policy.Savers.Select(s => s.Model).Append(policy.Large).DistinctBy(m => m.Folder))
        lines.AddRange(FilesOf(model, root, policyPath));

    lines.Add(Line(PolicyBlob, Path.GetFullPath(policyPath)));
    Console.Write(string.Concat(lines.Select(l => l + "\n")));
    return 0;
}
catch (TinySaverException error)
{
    Console.Error.WriteLine($"ERROR: {error.Message}");
    return 1;
}

static IEnumerable<string> FilesOf(ModelReference model, string root, string policyPath)
{
    if (model.Sha256 is not { } expected)
        throw new TinySaverException($"{policyPath}: the model '{model.Folder}' has no 'sha256', by which the apps verify it. Write the policy with `tinysaver search`.");

    string[] segments = [.. model.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".")];
    if (Path.IsPathRooted(model.Folder) || segments.Contains(".."))
        throw new TinySaverException($"{policyPath}: the model folder '{model.Folder}' is not beside the policy, but the container has to hold both. Move the folder there, and change the policy.");

    var folder = ModelFolder.Open(Path.Combine(root, model.Folder), model.OnnxFile);
    if (folder.ContentHash != expected)
        throw new TinySaverException($"{policyPath}: the model '{model.Folder}' has the content hash {folder.ContentHash[..12]}…, but the policy was made for {expected[..12]}…. Restore the model, or search anew.");

    // All of the folder, so that a README goes along, but nothing hidden.
    foreach (string path in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
    {
        string relative = Path.GetRelativePath(folder.Path, path).Replace('\\', '/');
        if (!relative.Split('/').Any(s => s.StartsWith('.')))
            yield return Line($"{string.Join('/', segments)}/{relative}", path);
    }
}

static string Line(string blob, string path)
{
    using FileStream file = File.OpenRead(path);
    return $"{Convert.ToHexStringLower(SHA256.HashData(file))}\t{blob}\t{path}";
}
