using System.Text;
using CsCheck;
using Quipu.Engine.Chat;

namespace Quipu.Engine.Tests.Chat;

/// <summary>Calls are found in a text, however it is cut into pieces.</summary>
public sealed class ToolCallParserTests
{
    private static readonly ToolDefinition[] Tools = [new("f", null, null), new("g", null, null)];

    private static readonly Dictionary<string, ToolFormat> Formats = new()
    {
        ["hermes"] = ToolFormat.Hermes,
        ["llama"] = ToolFormat.Llama,
        ["list"] = ToolFormat.MistralList,
        ["named"] = ToolFormat.MistralNamed,
        ["granite"] = ToolFormat.Granite,
    };

    [Theory]
    [InlineData("hermes", "Hello", "Hello", "")]
    [InlineData("hermes", "a < b <tool", "a < b <tool", "")]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>", "", "f {\"a\": 1}")]
    [InlineData("hermes", "Well. <tool_call>{\"name\":\"f\",\"arguments\":{}}", "Well. ", "f {}")]
    [InlineData("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"g\",\"parameters\":{\"x\":[\"}\"]}}</tool_call>", "", "f {};g {\"x\":[\"}\"]}")]
    [InlineData("hermes", "<tool_call>{\"arguments\":{\"a\":\"\\\"\"},\"name\":\"f\"}</tool_call>", "", "f {\"a\":\"\\\"\"}")]
    [InlineData("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}</tool_call>", "", "f {\"a\":1}")]
    [InlineData("hermes", "<tool_call>{\"name\":\"f\"}</tool_call>", "", "f {}")]
    [InlineData("hermes", "<tool_call>{\"name\":\"f\",\"argum", "<tool_call>{\"name\":\"f\",\"argum", "")]
    [InlineData("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":\"cut o", "", "f {\"a\":\"cut o")]
    [InlineData("hermes", "<tool_call>nonsense</tool_call> more", "<tool_call>nonsense</tool_call> more", "")]
    [InlineData("llama", "{\"name\": \"f\", \"parameters\": {\"a\": {\"b\": \"{\"}}}", "", "f {\"a\": {\"b\": \"{\"}}")]
    [InlineData("llama", " {\"type\": \"function\", \"name\": \"g\", \"parameters\": {}}", "", "g {}")]
    [InlineData("llama", "<|python_tag|>{\"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {}}", "", "f {};g {}")]
    [InlineData("llama", "{\"name\": \"Ada\", \"parameters\": {}}", "{\"name\": \"Ada\", \"parameters\": {}}", "")]
    [InlineData("llama", "{\"city\": \"Oslo\"} is it", "{\"city\": \"Oslo\"} is it", "")]
    [InlineData("llama", "I say {\"name\": \"f\", \"parameters\": {}}", "I say {\"name\": \"f\", \"parameters\": {}}", "")]
    [InlineData("list", "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"}, {\"name\": \"g\", \"arguments\": {}}]", "", "f {\"a\": 1};g {}")]
    [InlineData("list", "[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {}}]", "", "f {}")]
    [InlineData("named", "Yes.[TOOL_CALLS]f[ARGS]{\"a\": 1}[TOOL_CALLS]g[CALL_ID]abcdefghi[ARGS]{}", "Yes.", "f {\"a\": 1};g {}")]
    [InlineData("named", "[TOOL_CALLS]f{\"a\": 1}", "", "f {\"a\": 1}")]
    [InlineData("granite", "<|tool_call|>[{\"name\": \"f\", \"arguments\": {\"a\": []}}]", "", "f {\"a\": []}")]
    public void Calls_and_text_are_told_apart(string format, string answer, string text, string calls) =>
        Gen.Int[1, 7].Array[1, 40].Sample(sizes =>
        {
            var parser = new ToolCallParser(Formats[format], Tools);
            string foundText = "";
            List<(string Name, StringBuilder Arguments)> found = [];
            int at = 0;
            for (int i = 0; at < answer.Length; i++)
            {
                int size = Math.Min(sizes[i % sizes.Length], answer.Length - at);
                Take(parser.Append(answer.Substring(at, size), ended: false));
                at += size;
            }
            Take(parser.Append("", ended: true));
            Assert.Equal(text, foundText);
            Assert.Equal(calls, string.Join(';', found.Select(call => $"{call.Name} {call.Arguments}")));

            void Take((string Text, IReadOnlyList<ToolCallDelta> Calls) parts)
            {
                foundText += parts.Text;
                foreach (var delta in parts.Calls)
                {
                    if (delta.Name is not null)
                    {
                        Assert.Equal((found.Count, true), (delta.Index, delta.Id is { Length: > 0 }));
                        found.Add((delta.Name, new StringBuilder()));
                    }
                    Assert.Equal(found.Count - 1, delta.Index);
                    found[^1].Arguments.Append(delta.Arguments);
                }
            }
        }, iter: 100);

    [Fact]
    public void Arguments_come_while_they_are_written()
    {
        var parser = new ToolCallParser(ToolFormat.Hermes, Tools);
        var begun = Assert.Single(parser.Append("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"te", ended: false).Calls);
        Assert.Equal((0, "f", "{\"te"), (begun.Index, begun.Name, begun.Arguments));
        Assert.StartsWith("call_", begun.Id, StringComparison.Ordinal);
        Assert.Equal(new ToolCallDelta(0, null, null, "xt\": "), Assert.Single(parser.Append("xt\": ", ended: false).Calls));
        Assert.Equal(new ToolCallDelta(0, null, null, "1}"), Assert.Single(parser.Append("1}}\n</tool_call>", ended: false).Calls));
    }

    [Fact]
    public void Ids_are_those_of_the_format()
    {
        var own = Assert.Single(new ToolCallParser(ToolFormat.MistralNamed, Tools).Append("[TOOL_CALLS]f[CALL_ID]123456789[ARGS]{}", ended: true).Calls);
        Assert.Equal("123456789", own.Id);
        var made = Assert.Single(new ToolCallParser(ToolFormat.MistralNamed, Tools).Append("[TOOL_CALLS]f[ARGS]{}", ended: true).Calls);
        Assert.Matches("^[a-z0-9]{9}$", made.Id);
    }
}
