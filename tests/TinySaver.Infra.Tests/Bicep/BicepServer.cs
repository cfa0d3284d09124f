using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>The Bicep compiler as a process that answers many questions: it takes two seconds to start and warm up, and a fraction of one to answer.</summary>
/// <remarks>Speaks JSON-RPC over its standard input and output. The process ends when its input does, so with this one.</remarks>
internal sealed class BicepServer
{
    private readonly Lock _turn = new();
    private readonly Stream _input;
    private readonly Stream _output;
    private int _calls;

    /// <summary>Starts the compiler.</summary>
    public BicepServer(string program)
    {
        Process process = Process.Start(new ProcessStartInfo(program, ["jsonrpc", "--stdio"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
    }

    /// <summary>Asks one question and waits for its answer.</summary>
    public JsonElement Call(string method, object parameters)
    {
        lock (_turn)
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["jsonrpc"] = "2.0", ["id"] = ++_calls, ["method"] = method, ["params"] = new[] { parameters } });
            _input.Write(Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\n\r\n"));
            _input.Write(body);
            _input.Flush();

            byte[] answer = new byte[ReadLength()];
            _output.ReadExactly(answer);
            using var document = JsonDocument.Parse(answer);
            Assert.True(document.RootElement.TryGetProperty("result", out JsonElement result), $"bicep {method}: {document.RootElement}");
            return result.Clone();
        }
    }

    // The headers, up to an empty line; Content-Length is the only one that says anything.
    private int ReadLength()
    {
        int length = 0;
        while (ReadLine() is { Length: > 0 } line)
        {
            string[] header = line.Split(':');
            length = header[0] == "Content-Length" ? int.Parse(header[1], System.Globalization.CultureInfo.InvariantCulture) : length;
        }

        return length;
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (_output.ReadByte() is var next and not '\n')
        {
            Assert.True(next >= 0, "The Bicep compiler ended before it answered.");
            line.Append((char)next);
        }

        return line.ToString().TrimEnd('\r');
    }
}
