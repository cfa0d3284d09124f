using System.Text.Json;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Jobs;

public sealed class JobDeskTests
{
    private const string Message = """{"v":1,"id":"night","input":{"prefix":"a/"}}""";

    private readonly InMemoryJobMessages _messages = new(TimeProvider.System);
    private readonly JobDesk _desk;

    public JobDeskTests() => _desk = new(new InMemoryJobs(TimeProvider.System), _messages, TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Job_IsEnteredAndSentAndSayingSoAgainChangesNothing()
    {
        JobReply first = await _desk.PostAsync(Message, Cancellation);
        JobReply again = await _desk.PostAsync(Message, Cancellation);

        Assert.Equal((202, "night", 202, 2), (first.Status, first.Id, again.Status, _messages.Count));
        Assert.Equal("planning", Field(first, "state"));
        Assert.Equal(first.Body, (await _desk.GetAsync("night", Cancellation)).Body);
    }

    [Theory]
    [InlineData(400, "hello", "is no JSON object")]
    [InlineData(409, """{"v":1,"id":"night","input":{"prefix":"b/"}}""", "There is another job 'night' already")]
    public async Task Post_WhatCannotBe_IsRefusedWithASentence(int status, string body, string why)
    {
        await _desk.PostAsync(Message, Cancellation);

        JobReply reply = await _desk.PostAsync(body, Cancellation);

        Assert.Equal((status, null), (reply.Status, reply.Id));
        Assert.Contains(why, Field(reply, "error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_Job_IsCancelledOnce()
    {
        await _desk.PostAsync(Message, Cancellation);

        JobReply first = await _desk.DeleteAsync("night", Cancellation);
        JobReply again = await _desk.DeleteAsync("night", Cancellation);

        Assert.Equal((200, "cancelled", "night", 200), (first.Status, Field(first, "state"), first.Id, again.Status));
        Assert.Equal(first.Body, again.Body);
    }

    [Theory]
    [InlineData("other")]
    [InlineData("a/b")]
    public async Task GetAndDelete_NoSuchJob_IsNotFound(string id) =>
        Assert.Equal((404, 404), ((await _desk.GetAsync(id, Cancellation)).Status, (await _desk.DeleteAsync(id, Cancellation)).Status));

    private static string? Field(JobReply reply, string name) => JsonDocument.Parse(reply.Body).RootElement.GetProperty(name).GetString();
}
