using System.Text.Json;
using TinySaver.Cli.Predictions;

namespace TinySaver.Cli.Tests.Search;

public sealed class SearchSpecs : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<TinySaverProcess.Result> SearchAsync(params string[] options) =>
        TinySaverProcess.RunAsync(_folder.Path, ["search", "--large", "large.csv", "--saver", "tiny.csv", .. options]);

    [Fact]
    public async Task Recorded_predictions_are_searched_tested_and_reported()
    {
        SyntheticPredictions.Write(_folder, 12_000, seed: 1);
        TinySaverProcess.Result result = await SearchAsync("--split", "0.5", "--seed", "3", "--report", "report.html", "--json");

        Assert.Equal(0, result.ExitCode);
        JsonElement found = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("tiny", found.GetProperty("saver").GetString());
        Assert.Equal("certified", found.GetProperty("rule").GetString());
        Assert.Equal(0.005, found.GetProperty("epsilon").GetDouble());
        Assert.Equal(0.05, found.GetProperty("delta").GetDouble());
        Assert.InRange(found.GetProperty("threshold").GetDouble(), 0.5, 1);
        Assert.Equal(6000, found.GetProperty("calibration").GetProperty("samples").GetInt32());
        Assert.Equal(6000, found.GetProperty("test").GetProperty("samples").GetInt32());
        foreach (string set in (string[])["calibration", "test"])
        {
            JsonElement point = found.GetProperty(set);
            Assert.InRange(point.GetProperty("exitRate").GetDouble(), 0.1, 1);
            Assert.InRange(point.GetProperty("accuracyDrop").GetDouble(), -0.01, 0.012);
            Assert.Equal(0.01 - point.GetProperty("exitRate").GetDouble(), point.GetProperty("deltaC").GetDouble(), 9);
            Assert.Equal(
                point.GetProperty("accuracyLarge").GetDouble() - point.GetProperty("accuracyCascade").GetDouble(), point.GetProperty("accuracyDrop").GetDouble(), 9);
        }

        Assert.Equal(2, found.GetProperty("candidates").GetArrayLength());
        Assert.Equal("max-probability", found.GetProperty("candidates").EnumerateArray().Select(c => c.GetProperty("measure").GetString()).Order().Last());
        Assert.True(found.GetProperty("costs").GetProperty("cascadePerMillion").GetDouble() < found.GetProperty("costs").GetProperty("largeOnlyPerMillion").GetDouble());
        Assert.Contains("<svg", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "report.html"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Predictions_that_were_recorded_on_a_test_set_test_the_cascade()
    {
        SyntheticPredictions.Write(_folder, 6000, seed: 1, prefix: "c");
        SyntheticPredictions.Write(_folder, 3000, seed: 9, prefix: "t", suffix: "-test");
        TinySaverProcess.Result result = await SearchAsync("--test", "large-test.csv", "tiny-test.csv", "--json");

        Assert.True(result.ExitCode == 0, result.Errors);
        JsonElement found = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(6000, found.GetProperty("calibration").GetProperty("samples").GetInt32());
        Assert.Equal(3000, found.GetProperty("test").GetProperty("samples").GetInt32());
        Assert.InRange(found.GetProperty("test").GetProperty("accuracyLarge").GetDouble(), 0.98, 1);
        Assert.Equal("tiny", found.GetProperty("testDetails").GetProperty("savers")[0].GetProperty("name").GetString());

        // Of the same images it says that the test flatters.
        TinySaverProcess.Result same = await SearchAsync("--test", "large.csv", "--test", "tiny.csv", "--json");
        Assert.Contains("100.0 % of the calibration images are in the test set too", same.Errors);
    }

    [Fact]
    public async Task Predictions_of_a_test_set_in_another_order_of_models_are_refused()
    {
        string[] hashes = [new('a', 64), new('b', 64)];
        foreach ((string name, string hash) in new[] { ("large", hashes[0]), ("tiny", hashes[1]) })
            _folder.Write(name + ".csv", $"id,class_index,max_probability,macs,model_hash\n1,0,0.9,10,{hash}\n2,1,0.4,10,{hash}\n");
        TinySaverProcess.Result result = await SearchAsync("--test", "tiny.csv", "large.csv");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("was predicted by another model", result.Errors);
    }

    [Fact]
    public async Task The_order_of_rows_does_not_change_the_answer()
    {
        SyntheticPredictions.Write(_folder, 4000, seed: 2);
        string first = Threshold(await SearchAsync("--json"));
        string path = Path.Combine(_folder.Path, "tiny.csv");
        string[] lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(path, [lines[0], .. lines[1..].Reverse()], TestContext.Current.CancellationToken);
        Assert.Equal(first, Threshold(await SearchAsync("--json")));

        static string Threshold(TinySaverProcess.Result result) => JsonDocument.Parse(result.Output).RootElement.GetProperty("threshold").GetRawText();
    }

    [Fact]
    public async Task Without_labels_the_disagreement_is_bounded()
    {
        SyntheticPredictions.Write(_folder, 8000, seed: 3, labelled: false);
        TinySaverProcess.Result result = await SearchAsync("--epsilon", "0.02", "--json");
        JsonElement found = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("disagreement", found.GetProperty("certificate").GetProperty("risk").GetString());
        Assert.Equal(JsonValueKind.Null, found.GetProperty("calibration").GetProperty("accuracyDrop").ValueKind);
        Assert.InRange(found.GetProperty("calibration").GetProperty("disagreement").GetDouble(), 0, 0.02);
    }

    [Fact]
    public async Task Too_few_images_say_how_many_would_do_and_write_no_policy()
    {
        SyntheticPredictions.Write(_folder, 300, seed: 4);
        TinySaverProcess.Result result = await SearchAsync("--out", "cascade.json");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No cascade", result.Output);
        Assert.Contains("300", result.Output);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "cascade.json")));
    }

    [Fact]
    public async Task A_saver_as_costly_as_the_large_model_is_not_worth_it()
    {
        SyntheticPredictions.Write(_folder, 4000, seed: 5);
        string path = Path.Combine(_folder.Path, "tiny.csv");
        File.WriteAllText(path, File.ReadAllText(path).Replace(",10,1\n", ",1000,20\n", StringComparison.Ordinal));
        TinySaverProcess.Result result = await SearchAsync("--rule", "paper", "--json");
        Assert.Equal(1, result.ExitCode);
        JsonElement found = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(JsonValueKind.Null, found.GetProperty("saver").ValueKind);
        Assert.Equal("costs-more-than-it-saves", found.GetProperty("noCascade").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Two_savers_of_one_name_are_refused()
    {
        SyntheticPredictions.Write(_folder, 100, seed: 6);
        TinySaverProcess.Result result = await SearchAsync("--saver", "tiny.csv");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Two savers are called 'tiny'", result.Errors);
    }

    [Fact]
    public async Task Files_that_cover_other_images_are_refused()
    {
        SyntheticPredictions.Write(_folder, 100, seed: 7);
        File.AppendAllText(Path.Combine(_folder.Path, "tiny.csv"), "extra,0,0,1,1,10,1\n");
        TinySaverProcess.Result result = await SearchAsync();
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("do not cover the same images", result.Errors);
        Assert.Contains("'extra'", result.Errors);
    }

    [Theory]
    [InlineData("--rule", "budget", "needs --max-escalation")]
    [InlineData("--rule", "fixed", "needs --threshold")]
    [InlineData("--epsilon", "1", "epsilon is 1")]
    [InlineData("--split", "1.5", "a share between 0 and 1")]
    [InlineData("--prices", "nowhere.json", "There is no prices file")]
    [InlineData("--seed", "one", "--seed is 'one'; expected a whole number.")]
    [InlineData("--out", "nowhere/cascade.json", "there is no folder")]
    [InlineData("--report", "nowhere/report.html", "there is no folder")]
    [InlineData("--test", "images", "--test takes one data set for model folders to predict on, or 2 predictions files")]
    [InlineData("--test", "large.csv", "--test takes one data set for model folders to predict on, or 2 predictions files")]
    public async Task Options_that_cannot_be_meant_are_refused(string option, string value, string expected)
    {
        SyntheticPredictions.Write(_folder, 50, seed: 8);
        TinySaverProcess.Result result = await SearchAsync(option, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Errors);
        Assert.DoesNotContain("   at ", result.Errors);
    }

    [Fact]
    public async Task A_policy_found_on_models_is_evaluated_and_recognises_its_calibration_images()
    {
        // Too few images to certify half a point, so the budget rule; what is tested is the way from models to policy and back.
        string models = Path.Combine(RepositoryPaths.Samples, "models");
        string images = Path.Combine(RepositoryPaths.Samples, "images");
        string cache = Path.Combine(_folder.Path, "cache");
        string policy = Path.Combine(_folder.Path, "cascade.json");
        TinySaverProcess.Result search = await TinySaverProcess.RunAsync(
            null, "search", "--large", Path.Combine(models, "large"), "--saver", Path.Combine(models, "tiny-xs"), "--data", images, "--rule", "budget", "--max-escalation", "0.5", "--cache", cache, "--out", policy);
        Assert.Equal(0, search.ExitCode);

        TinySaverProcess.Result evaluate = await TinySaverProcess.RunAsync(null, "evaluate", "--policy", policy, "--data", images, "--cache", cache, "--json");

        Assert.Equal(0, evaluate.ExitCode);
        JsonElement evaluated = JsonDocument.Parse(evaluate.Output).RootElement;
        Assert.Equal(1, evaluated.GetProperty("calibrationOverlap").GetDouble());
        Assert.Contains("calibrated on", evaluate.Errors);
        Assert.Contains("from the cache", evaluate.Errors);
        JsonElement point = evaluated.GetProperty("evaluation").GetProperty("point");
        Assert.InRange(new FileInfo(policy).Length, 1000, 3000);
        JsonElement measured = JsonDocument.Parse(await File.ReadAllTextAsync(policy, TestContext.Current.CancellationToken)).RootElement.GetProperty("calibration");
        Assert.Equal(measured.GetProperty("exitRate").GetDouble(), point.GetProperty("exitRate").GetDouble(), 9);
        Assert.Equal(measured.GetProperty("accuracyCascade").GetDouble(), point.GetProperty("accuracyCascade").GetDouble(), 9);
        Assert.InRange(1 - point.GetProperty("exitRate").GetDouble(), 0, 0.5);
    }

    [Fact]
    public async Task Data_with_an_empty_class_or_an_unknown_label_is_refused()
    {
        string model = Path.Combine(RepositoryPaths.Samples, "models", "tiny-xs");
        string image = Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images", "pits")).First();
        _folder.Write("empty/pits/1.jpg", await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty", "none"));
        _folder.Write("set.csv", $"path,label\n{image},rust\n");

        TinySaverProcess.Result empty = await TinySaverProcess.RunAsync(_folder.Path, "predict", "--model", model, "--data", "empty", "--out", "p.csv");
        TinySaverProcess.Result unknown = await TinySaverProcess.RunAsync(_folder.Path, "predict", "--model", model, "--data", "set.csv", "--out", "p.csv");

        Assert.Equal((2, 2), (empty.ExitCode, unknown.ExitCode));
        Assert.Contains("the class folder 'none' holds no images", empty.Errors);
        Assert.Contains("label 'rust' is none of the model's 7 labels", unknown.Errors);
    }

    /// <summary>What a search promises of a pooled cascade is what runs: the same weights over the same evidence make the same answers.</summary>
    [Theory]
    [InlineData("tiny-l", "largeWeights")]
    [InlineData("tiny-m", "weights")]
    public async Task A_pooled_cascade_does_in_classify_and_evaluate_what_the_search_said(string large, string pooled)
    {
        string Model(string name) => Path.Combine(RepositoryPaths.Samples, "models", name);
        string images = Path.Combine(RepositoryPaths.Samples, "images");
        string policy = Path.Combine(_folder.Path, "cascade.json");
        TinySaverProcess.Result search = await TinySaverProcess.RunAsync(
            null, "search", "--large", Model(large), "--saver", Model("tiny-xs"), "--saver", Model("tiny-s"), "--saver", Model("tiny-m"), "--data", images,
            "--rule", "accuracy", "--max-compute", "1", "--max-savers", "2", "--cache", Path.Combine(_folder.Path, "cache"), "--out", policy, "--json");
        TinySaverProcess.Result classify = await TinySaverProcess.RunAsync(null, "classify", images, "--policy", policy, "--json");
        TinySaverProcess.Result evaluate = await TinySaverProcess.RunAsync(
            null, "evaluate", "--policy", policy, "--data", images, "--cache", Path.Combine(_folder.Path, "cache"), "--json");

        Assert.Equal((0, 0, 0), (search.ExitCode, classify.ExitCode, evaluate.ExitCode));
        string written = await File.ReadAllTextAsync(policy, TestContext.Current.CancellationToken);
        Assert.Contains($"\"{pooled}\": [", written, StringComparison.Ordinal);
        Assert.Contains("\"version\": 3", written, StringComparison.Ordinal);
        JsonElement said = JsonDocument.Parse(search.Output).RootElement.GetProperty("calibration");
        JsonElement ran = JsonDocument.Parse(classify.Output).RootElement;
        JsonElement again = JsonDocument.Parse(evaluate.Output).RootElement.GetProperty("evaluation").GetProperty("point");
        Assert.True(said.GetProperty("accuracyCascade").GetDouble() > said.GetProperty("accuracyLarge").GetDouble());
        foreach ((string of, string ofClassify) in (ReadOnlySpan<(string, string)>)[("accuracyCascade", "accuracy"), ("exitRate", "exitRate"), ("deltaC", "computeChange")])
        {
            Assert.Equal(said.GetProperty(of).GetDouble(), ran.GetProperty(ofClassify).GetDouble(), 9);
            Assert.Equal(said.GetProperty(of).GetDouble(), again.GetProperty(of).GetDouble(), 9);
        }
    }

    [Fact]
    public async Task An_interrupted_prediction_goes_on_where_it_stopped()
    {
        string model = Path.Combine(RepositoryPaths.Samples, "models", "tiny-xs");
        string images = Path.Combine(RepositoryPaths.Samples, "images");
        string whole = Path.Combine(_folder.Path, "whole.parquet");
        string[] predict = ["predict", "--model", model, "--data", images, "--json", "--out"];
        Assert.Equal(0, (await TinySaverProcess.RunAsync(null, [.. predict, whole])).ExitCode);

        // The journal of a run that was killed: some rows, the last one cut off in the middle.
        string journal = Path.Combine(_folder.Path, "part.parquet.partial");
        PredictionSet set = await Cli.Predictions.PredictionFile.ReadAsync(whole, null, TestContext.Current.CancellationToken);
        string[] rows = [.. set.Ids.Take(30).Select((id, i) => JsonSerializer.Serialize(new Cli.Predictions.PredictionRow { Id = id, ClassIndex = set.Classes[i], LabelIndex = set.Labels[i], Confidences = [set.Confidences[Core.Confidence.ConfidenceMeasure.MaxProbability][i], 0, 0], Classes = set.ClassCount, Macs = set.Macs, Model = set.Model, ModelHash = set.ModelHash }))];
        await File.WriteAllTextAsync(journal, string.Join('\n', rows) + "\n" + rows[0][..20], TestContext.Current.CancellationToken);

        TinySaverProcess.Result resumed = await TinySaverProcess.RunAsync(null, [.. predict, Path.Combine(_folder.Path, "part.parquet")]);

        Assert.Equal(0, resumed.ExitCode);
        JsonElement summary = JsonDocument.Parse(resumed.Output).RootElement;
        Assert.Equal((140, 30), (summary.GetProperty("samples").GetInt32(), summary.GetProperty("resumed").GetInt32()));
        Assert.False(File.Exists(journal));
        PredictionSet part = await Cli.Predictions.PredictionFile.ReadAsync(Path.Combine(_folder.Path, "part.parquet"), null, TestContext.Current.CancellationToken);
        Assert.Equal(set.Classes, part.Classes);
    }
}
