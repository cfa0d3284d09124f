using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Repository.Tests;

/// <summary>The function apps by their sources, since not every feed has what compiles them.</summary>
public sealed class FunctionSourceTests
{
    private const string Tiny = "TinySaver.Functions.Tiny";
    private const string Large = "TinySaver.Functions.Large";

    public static TheoryData<string> SourceFiles => [.. FunctionSource.Files(Tiny).Concat(FunctionSource.Files(Large)).Select(f => Path.GetRelativePath(RepositoryPaths.Root, f))];

    [Fact]
    public void Apps_HaveTheFunctionsThatTheDocsAndTheInfrastructureName()
    {
        Assert.Equal(
            [
                "CancelJob", "ClassifyJobImages", "ClassifyWithTinyModel", "ClassifyWithTinyModelByPolling", "Health", "LookAfterJobs", "RecordDeadLetters",
                "RecordPoisonedImages", "RecordPoisonedJobImages", "RecordPoisonedJobs", "ShowJob", "SubmitJob", "WatchGuarantee", "WorkOnJobs",
            ],
            FunctionSource.ReadApp(Tiny).Select(f => f.Name));
        Assert.Equal(["ClassifyWithLargeModel"], FunctionSource.ReadApp(Large).Select(f => f.Name));
    }

    [Fact]
    public void Functions_AreNamedAfterTheirClasses() =>
        Assert.All(FunctionSource.ReadApp(Tiny).Concat(FunctionSource.ReadApp(Large)), f => Assert.Equal(f.Class, f.Name));

    [Theory]
    [InlineData("ClassifyWithTinyModel", "BlobTriggerSource.EventGrid")]
    [InlineData("ClassifyWithTinyModelByPolling", null)]
    public void BlobTriggers_WatchTheContainerOfTheStorageOptions(string name, string? source)
    {
        FunctionSource function = Find(Tiny, name);

        Assert.Equal(("BlobTrigger", $"{new StorageOptions().ImagesContainer}/{{name}}"), (function.Trigger, function.Arguments["0"]));
        Assert.Equal(("ImagesStorage", source), (function.Arguments["Connection"], function.Arguments.GetValueOrDefault("Source")));
        Assert.Equal("BlobClient", function.ParameterType);
    }

    [Fact]
    public void RecordPoisonedImages_WatchesTheHostsPoisonQueue()
    {
        FunctionSource function = Find(Tiny, "RecordPoisonedImages");

        Assert.Equal(
            ("QueueTrigger", "webjobs-blobtrigger-poison", "ImagesStorage"), (function.Trigger, function.Arguments["0"], function.Arguments["Connection"]));
    }

    [Theory]
    [InlineData("WorkOnJobs", "jobs", "string")]
    [InlineData("RecordPoisonedJobs", "jobs-poison", "string")]
    [InlineData("ClassifyJobImages", "images", "QueueMessage")]
    [InlineData("RecordPoisonedJobImages", "images-poison", "QueueMessage")]
    public void JobQueues_AreThoseOfTheStorageOptions(string name, string queue, string parameter)
    {
        FunctionSource function = Find(Tiny, name);

        Assert.Contains(queue.Split('-')[0], (string[])[new StorageOptions().JobsQueue, new StorageOptions().ChunksQueue]);
        Assert.Equal(
            ("QueueTrigger", queue, "ImagesStorage", parameter), (function.Trigger, function.Arguments["0"], function.Arguments["Connection"], function.ParameterType));
    }

    [Theory]
    [InlineData("CancelJob")]
    [InlineData("SubmitJob")]
    [InlineData("ShowJob")]
    public void JobRequests_NeedAFunctionKey(string name) => Assert.Equal("AuthorizationLevel.Function", Find(Tiny, name).Arguments["0"]);

    [Fact]
    public void Health_NeedsAFunctionKey() => Assert.Equal("AuthorizationLevel.Function", Find(Tiny, "Health").Arguments["0"]);

    [Fact]
    public void ClassifyWithLargeModel_IsBatchedAndSettlesItself()
    {
        FunctionSource function = Find(Large, "ClassifyWithLargeModel");

        Assert.Equal(("ServiceBusTrigger", "escalations", "EscalationsServiceBus"), (function.Trigger, function.Arguments["0"], function.Arguments["Connection"]));
        Assert.Equal(("true", "false"), (function.Arguments["IsBatched"], function.Arguments["AutoCompleteMessages"]));

        // Another collection compiles and fails when it is bound, and so does an array without IsBatched.
        Assert.Equal("ServiceBusReceivedMessage[]", function.ParameterType);
    }

    // The large app is woken by the messages that wait, and a dead letter is none of them; nor does a job that stands still send any.
    [Theory]
    [InlineData("RecordDeadLetters")]
    [InlineData("LookAfterJobs")]
    [InlineData("WatchGuarantee")]
    public void WhatWakesNobody_IsTheTinyAppsAndRunsByTheClock(string name)
    {
        FunctionSource function = Find(Tiny, name);

        Assert.Equal(("TimerTrigger", "0 */15 * * * *", "TimerInfo"), (function.Trigger, function.Arguments["0"], function.ParameterType));
    }

    [Theory]
    [MemberData(nameof(SourceFiles))]
    public void SourceFiles_OfTheApps_AreShortAndDecideNothing(string file)
    {
        string source = RepositoryFiles.Read(file);

        Assert.InRange(source.Split('\n').Length, 1, 60);

        // One test is allowed: is there anything to do at all?
        Assert.InRange(FunctionSource.Parse(source).DescendantNodes().Count(n => n is IfStatementSyntax or WhileStatementSyntax or ForStatementSyntax or ForEachStatementSyntax), 0, 2);
    }

    [Theory]
    [InlineData(Tiny)]
    [InlineData(Large)]
    public void Projects_LinkTheRootHostJsonAndNeverPublishLocalSettings(string project)
    {
        var links = RepositoryFiles.Projects("src")[project].Descendants("None").ToDictionary(n => n.Attribute("Include")!.Value);

        Assert.Equal("PreserveNewest", links["../../host.json"].Attribute("CopyToPublishDirectory")?.Value);
        Assert.Equal("PreserveNewest", links["../../host.json"].Attribute("CopyToOutputDirectory")?.Value);
        Assert.Equal("Never", links["../../local.settings.json"].Attribute("CopyToPublishDirectory")?.Value);
        Assert.Contains("/local.settings.json", RepositoryFiles.Read(".gitignore").Split('\n'));
    }

    private static FunctionSource Find(string project, string name) => FunctionSource.ReadApp(project).Single(f => f.Name == name);
}
