using System.Text.Json;

namespace TinySaver.Cli.Tests.Search;

public sealed class ReviewSpecs : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<TinySaverProcess.Result> SearchAsync(params string[] options) =>
        TinySaverProcess.RunAsync(_folder.Path, ["search", "--large", "large.csv", "--saver", "tiny.csv", .. options]);

    [Fact]
    public async Task A_review_of_few_images_certifies_a_lower_threshold_and_then_the_list_is_empty()
    {
        SyntheticPredictions.Write(_folder, 6000, seed: 1, labelled: false);
        JsonElement without = Json(await SearchAsync("--epsilon", "0.02", "--review", "review.csv", "--json"));
        Assert.Equal("disagreement", without.GetProperty("certificate").GetProperty("risk").GetString());
        Assert.Equal(0, without.GetProperty("labels").GetInt32());
        JsonElement review = without.GetProperty("review");
        Assert.True(review.GetProperty("couldSave").GetDouble() > review.GetProperty("saves").GetDouble());

        // A person who knows the truth fills in the whole list; the same seed draws the same images.
        List<string[]> rows = Read("review.csv");
        Assert.Equal(review.GetProperty("images").GetInt32() + 1, rows.Count);
        Assert.Equal(["path", "saver", "saver_index", "saver_class", "large_index", "large_class", "confidence", "saves", "label", "class_index"], rows[0]);
        Assert.All(rows.Skip(1), r => Assert.NotEqual(r[2], r[4]));
        int[] truth = SyntheticPredictions.Write(_folder, 6000, seed: 1, labelled: false);
        File.WriteAllLines(Path.Combine(_folder.Path, "review.csv"), [string.Join(',', rows[0]), .. rows.Skip(1).Select(r => string.Join(',', [.. r[..9], $"{truth[int.Parse(r[0], null)]}"]))]);

        JsonElement with = Json(await SearchAsync("--epsilon", "0.02", "--reviews", "review.csv", "--review", "again.csv", "--json"));
        Assert.Equal("accuracy-drop", with.GetProperty("certificate").GetProperty("risk").GetString());
        Assert.Equal(rows.Count - 1, with.GetProperty("labels").GetInt32());
        Assert.True(with.GetProperty("threshold").GetDouble() < without.GetProperty("threshold").GetDouble());
        Assert.True(with.GetProperty("calibration").GetProperty("deltaC").GetDouble() < without.GetProperty("calibration").GetProperty("deltaC").GetDouble());
        Assert.Equal(JsonValueKind.Null, with.GetProperty("calibration").GetProperty("accuracyCascade").ValueKind);
        Assert.Single(Read("again.csv"));

        // With all labels no more is certified than with these.
        SyntheticPredictions.Write(_folder, 6000, seed: 1);
        JsonElement all = Json(await SearchAsync("--epsilon", "0.02", "--pool", "off", "--json"));
        Assert.Equal(all.GetProperty("threshold").GetDouble(), with.GetProperty("threshold").GetDouble());
    }

    [Fact]
    public async Task The_terminal_says_how_many_labels_count_and_what_a_review_could_save()
    {
        int[] truth = SyntheticPredictions.Write(_folder, 3000, seed: 2, labelled: false);
        _folder.Write("some.csv", "id,class_index\n" + string.Concat(truth.Take(1500).Select((t, i) => $"{i},{t}\n")));
        TinySaverProcess.Result result = await SearchAsync("--epsilon", "0.03", "--reviews", "some.csv", "--review", "review.csv");
        string output = string.Join(' ', result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains("at most", output);
        Assert.Contains("≤", output);
        Assert.Contains("count, of 3,000 images; of", output);
        Assert.Contains("have none and count as losses.", output);
        Assert.Contains("If none of them is a loss,", output);
        Assert.Contains("search again with --reviews review.csv", output);
    }

    [Fact]
    public async Task A_review_stands_above_the_labels_of_the_data_in_search_and_evaluate()
    {
        _folder.Write("large.csv", "id,class_index,label_index,max_probability,macs,model\na,0,0,0.9,1000,large\nb,1,,0.9,1000,large\n");
        _folder.Write("tiny.csv", "id,class_index,label_index,max_probability,macs,model\na,1,0,0.9,10,tiny\nb,1,,0.9,10,tiny\n");
        _folder.Write("reviews.csv", "path,class_index\na,1\nb,\n");
        _folder.Write("cascade.json", """
            { "version": 1, "savers": [ { "model": { "folder": "tiny" }, "measure": "max-probability", "threshold": 0.5 } ], "large": { "folder": "large" } }
            """);
        string[] evaluate = ["evaluate", "--policy", "cascade.json", "--large", "large.csv", "--saver", "tiny.csv", "--json"];
        JsonElement before = Point(await TinySaverProcess.RunAsync(_folder.Path, evaluate));
        JsonElement after = Point(await TinySaverProcess.RunAsync(_folder.Path, [.. evaluate, "--reviews", "reviews.csv"]));

        Assert.Equal((1, 0), (before.GetProperty("losses").GetInt32(), before.GetProperty("gains").GetInt32()));
        Assert.Equal((0, 1), (after.GetProperty("losses").GetInt32(), after.GetProperty("gains").GetInt32()));

        static JsonElement Point(TinySaverProcess.Result result) => JsonDocument.Parse(result.Output).RootElement.GetProperty("evaluation").GetProperty("point");
    }

    [Theory]
    [InlineData("path,class_index\nnowhere,1\n", "data row 1 labels 'nowhere', which is none of the 300 images of large.csv")]
    [InlineData("path,class_index\n1,-1\n", "data row 1 has the class_index '-1'; expected a whole number from 0")]
    [InlineData("path,class_index\n1,one\n", "has the class_index 'one'")]
    [InlineData("path,class_index\n1,99999999999\n", "has the class_index '99999999999'")]
    [InlineData("path,label\n1,\n2,dragon\n", "data row 2: the label 'dragon' is none of the model's")]
    [InlineData("path,label\n,cat\n", "data row 1 has a label but does not say of which image")]
    [InlineData("path,class_index\n1,1\n2,0\n1,2\n", "data row 3 says class 2 of '1', a row before it 1; an image has one label")]
    [InlineData("path,note\n1,2\n", "the column 'class_index' is missing")]
    [InlineData("name,label\n1,2\n", "the column 'path' is missing")]
    [InlineData("path,label\n1,\"2\n", "check its quotes")]
    [InlineData("", "the file is empty")]
    public async Task A_review_that_means_nothing_is_refused(string content, string expected)
    {
        SyntheticPredictions.Write(_folder, 300, seed: 3, labelled: false);
        _folder.Write("reviews.csv", content);
        TinySaverProcess.Result result = await SearchAsync("--reviews", "reviews.csv");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, string.Join(' ', result.Errors.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("budget", "review.csv")]
    [InlineData("certified", "review.jsonl")]
    public async Task A_review_list_that_could_not_be_used_is_refused(string rule, string file)
    {
        SyntheticPredictions.Write(_folder, 300, seed: 4);
        TinySaverProcess.Result result = await SearchAsync("--rule", rule, "--max-escalation", "0.5", "--review", file);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--review {file}", result.Errors);
    }

    private static JsonElement Json(TinySaverProcess.Result result)
    {
        Assert.True(result.ExitCode == 0, result.Errors);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private List<string[]> Read(string file) => [.. File.ReadAllLines(Path.Combine(_folder.Path, file)).Select(line => line.Split(','))];
}
