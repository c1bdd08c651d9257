using CsCheck;
using Quipu.Server.Chat;

namespace Quipu.Server.Tests;

/// <summary>Calls are found in a text, however it is cut into pieces.</summary>
public sealed class ToolCallParserTests
{
    [Theory]
    [InlineData("Hello", "Hello", "")]
    [InlineData("a < b <tool", "a < b <tool", "")]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>", "", "f {\"a\": 1}")]
    [InlineData("Well. <tool_call>{\"name\":\"f\",\"arguments\":{}}", "Well. ", "f {}")]
    [InlineData("<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"g\",\"parameters\":{\"x\":[]}}</tool_call>", "", "f {};g {\"x\":[]}")]
    [InlineData("<tool_call>{\"name\":\"f\",\"argum", "<tool_call>{\"name\":\"f\",\"argum", "")]
    [InlineData("<tool_call>nonsense</tool_call> more", "<tool_call>nonsense</tool_call> more", "")]
    public void Calls_and_text_are_told_apart(string answer, string text, string calls) =>
        Gen.Int[1, 7].Array[1, 40].Sample(sizes =>
        {
            var parser = new ToolCallParser(begun: false);
            string foundText = "";
            List<string> foundCalls = [];
            int at = 0;
            for (int i = 0; at < answer.Length; i++)
            {
                int size = Math.Min(sizes[i % sizes.Length], answer.Length - at);
                Take(parser.Append(answer.Substring(at, size), ended: false));
                at += size;
            }
            Take(parser.Append("", ended: true));
            Assert.Equal(text, foundText);
            Assert.Equal(calls, string.Join(';', foundCalls));

            void Take((string Text, IReadOnlyList<ToolCallDelta> Calls) found)
            {
                foundText += found.Text;
                foundCalls.AddRange(found.Calls.Select(call => $"{call.Name} {call.Arguments}"));
            }
        }, iter: 200);

    [Fact]
    public void A_call_that_the_prompt_began_is_one()
    {
        var parser = new ToolCallParser(begun: true);
        Assert.Empty(parser.Append("{\"name\":\"f\",", ended: false).Calls);
        var call = Assert.Single(parser.Append("\"arguments\":{\"a\":true}}", ended: true).Calls);
        Assert.Equal(("f", "{\"a\":true}", 0), (call.Name, call.Arguments, call.Index));
        Assert.StartsWith("call_", call.Id, StringComparison.Ordinal);
    }
}
