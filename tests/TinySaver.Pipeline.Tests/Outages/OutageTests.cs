using System.Net.Sockets;
using Azure;
using Azure.Identity;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Tests.Outages;

public sealed class OutageTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(400, false)]
    [InlineData(404, false)]
    [InlineData(409, false)]
    [InlineData(412, false)]
    public void Is_AnswerOfStorage_OnlyWhereItSaysNothingOfTheImage(int status, bool expected) =>
        Assert.Equal(expected, Outage.Is(new RequestFailedException(status, "x")));

    [Fact]
    public void Is_NetworkAndSignIn_AreOutages()
    {
        Assert.True(Outage.Is(new SocketException((int)SocketError.ConnectionRefused)));
        Assert.True(Outage.Is(new HttpRequestException("x")));
        Assert.True(Outage.Is(new TaskCanceledException("The request took too long.")));
        Assert.True(Outage.Is(new AggregateException(new RequestFailedException(0, "x"), new IOException("x"))));
        Assert.True(Outage.Is(new AuthenticationFailedException("x", new HttpRequestException("x"))));
    }

    [Fact]
    public void Is_FaultsOfThisMachineOrThisImage_AreNone()
    {
        Assert.False(Outage.Is(new CredentialUnavailableException("x")));
        Assert.False(Outage.Is(new FileNotFoundException("x")));
        Assert.False(Outage.Is(new InvalidOperationException("x")));
        Assert.False(Outage.Is(new TinySaverException("x")));
        Assert.False(Outage.Is(new AggregateException(new IOException("x"), new ArgumentException("x"))));
        Assert.False(Outage.Is(new AggregateException()));
    }
}
