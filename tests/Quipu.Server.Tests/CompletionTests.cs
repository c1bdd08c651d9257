using System.Text.Json;

namespace Quipu.Server.Tests;

/// <summary><c>/v1/completions</c> and llama.cpp's <c>/completion</c>.</summary>
public sealed class CompletionTests(TinyServer server) : IClassFixture<TinyServer>
{
    private const string Path = "v1/completions";

    [Fact]
    public async Task A_full_context_ends_the_answer_unless_it_may_be_shifted()
    {
        string prompt = string.Join(',', server.Model.EncodePrompt(string.Concat(Enumerable.Repeat("word ", 2100))).Take(2000));
        foreach (bool shift in (bool[])[false, true])
        {
            var answer = await server.AskAsync("completion", $$"""{"prompt":[{{prompt}}],"n_predict":80,"ignore_eos":true,"n_keep":4,"context_shift":{{(shift ? "true" : "false")}}}""");
            Assert.Equal(shift ? 80 : 49, answer.GetProperty("tokens_predicted").GetInt32());
        }
    }

    [Fact]
    public async Task Texts_and_token_ids_and_batches_are_continued()
    {
        int[] ids = server.Model.EncodePrompt("Once upon");
        string list = JsonSerializer.Serialize(ids);
        var text = await server.AskAsync(Path, """{"prompt":"Once upon","max_tokens":6}""");
        var tokens = await server.AskAsync(Path, $$"""{"prompt":{{list}},"max_tokens":6}""");
        var batch = await server.AskAsync(Path, $$"""{"prompt":[{{list}},{{list}}],"n":2,"max_tokens":6}""");
        string expected = Text(text, 0);
        Assert.Equal(expected, Text(tokens, 0));
        Assert.Equal(4, batch.GetProperty("choices").GetArrayLength());
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(i, batch.GetProperty("choices")[i].GetProperty("index").GetInt32());
            Assert.Equal(expected, Text(batch, i));
        }
        Assert.Equal(2 * ids.Length, batch.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(24, batch.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal("text_completion", text.GetProperty("object").GetString());
    }

    [Fact]
    public async Task The_prompt_is_repeated_with_its_probabilities()
    {
        var answer = await server.AskAsync(Path, """{"prompt":"Once upon","max_tokens":2,"echo":true,"logprobs":2}""");
        string text = Text(answer, 0);
        Assert.Contains("Once upon", text, StringComparison.Ordinal);
        var columns = answer.GetProperty("choices")[0].GetProperty("logprobs");
        int prompt = answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        Assert.Equal(prompt + 2, columns.GetProperty("tokens").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, columns.GetProperty("token_logprobs")[0].ValueKind);
        Assert.All(columns.GetProperty("token_logprobs").EnumerateArray().Skip(1), value => Assert.InRange(value.GetDouble(), -100, 0));
        Assert.Equal(columns.GetProperty("tokens").GetArrayLength(), columns.GetProperty("text_offset").GetArrayLength());
    }

    [Fact]
    public async Task A_prompt_can_be_scored_without_a_continuation()
    {
        var answer = await server.AskAsync(Path, """{"prompt":"Once upon a time","max_tokens":0,"echo":true,"logprobs":0}""");
        int prompt = answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        Assert.Equal(prompt, answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("tokens").GetArrayLength());
    }

    [Fact]
    public async Task The_best_of_several_is_the_likeliest()
    {
        const string fields = """ "prompt":"Roll","max_tokens":4,"temperature":1.5,"seed":3,"logprobs":0,"ignore_eos":true """;
        var all = await server.AskAsync(Path, "{" + fields + ", \"n\":4}");
        var best = await server.AskAsync(Path, "{" + fields + ", \"n\":1, \"best_of\":4}");
        double Mean(JsonElement choice) => choice.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Average(value => value.GetDouble());
        string likeliest = all.GetProperty("choices").EnumerateArray().MaxBy(Mean).GetProperty("text").GetString()!;
        Assert.Equal(likeliest, Text(best, 0));
        Assert.Equal(16, best.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_says_the_same_as_a_whole_answer()
    {
        var whole = await server.AskAsync(Path, """{"prompt":["One","Two"],"max_tokens":6,"echo":true}""");
        var events = await server.StreamAsync(Path, """{"prompt":["One","Two"],"max_tokens":6,"echo":true,"stream":true}""");
        Assert.Equal("[DONE]", events[^1].Data);
        var choices = events[..^1].ConvertAll(one => TinyServer.Parse(one.Data).GetProperty("choices")[0]);
        for (int i = 0; i < 2; i++)
            Assert.Equal(
                Text(whole, i),
                string.Concat(choices.Where(choice => choice.GetProperty("index").GetInt32() == i).Select(choice => choice.GetProperty("text").GetString())));
    }

    [Theory]
    [InlineData("""{}""", "prompt")]
    [InlineData("""{"prompt":5}""", "prompt")]
    [InlineData("""{"prompt":[[1],[-1]]}""", "prompt[1][0]")]
    [InlineData("""{"prompt":[99999999]}""", "prompt[0]")]
    [InlineData("""{"prompt":"a","suffix":"b"}""", "suffix")]
    [InlineData("""{"prompt":"a","n":3,"best_of":2}""", "best_of")]
    [InlineData("""{"prompt":"a","best_of":2,"stream":true}""", "best_of")]
    [InlineData("""{"prompt":"a","logprobs":21}""", "logprobs")]
    [InlineData("""{"prompt":"a","model":7}""", "model")]
    public async Task A_wrong_field_is_named(string json, string param)
    {
        var (status, error) = await server.FailAsync(Path, json);
        Assert.Equal(400, status);
        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task The_endpoint_of_llama_cpp_tells_how_it_ended()
    {
        var limit = await server.AskAsync("completion", """{"prompt":"Once","n_predict":5,"n_probs":2,"return_tokens":true}""");
        Assert.Equal("limit", limit.GetProperty("stop_type").GetString());
        Assert.Equal(5, limit.GetProperty("tokens").GetArrayLength());
        Assert.Equal(5, limit.GetProperty("completion_probabilities").GetArrayLength());
        Assert.Equal(2, limit.GetProperty("completion_probabilities")[0].GetProperty("top_logprobs").GetArrayLength());
        Assert.Equal(5, limit.GetProperty("timings").GetProperty("predicted_n").GetInt32());
        string content = limit.GetProperty("content").GetString()!;

        string stop = JsonSerializer.Serialize(content[^1..]);
        var word = await server.AskAsync("completion", $$"""{"prompt":"Once","n_predict":5,"stop":["no such text",{{stop}}]}""");
        Assert.Equal("word", word.GetProperty("stop_type").GetString());
        Assert.Equal(content[^1..], word.GetProperty("stopping_word").GetString());
        Assert.Equal(content[..content.IndexOf(content[^1])], word.GetProperty("content").GetString());

        var events = await server.StreamAsync("completion", """{"prompt":"Once","n_predict":5,"stream":true}""");
        var parts = events.ConvertAll(one => TinyServer.Parse(one.Data));
        Assert.Equal(content, string.Concat(parts.Select(part => part.GetProperty("content").GetString())));
        Assert.True(parts[^1].GetProperty("stop").GetBoolean());
    }

    [Fact]
    public async Task Tokens_go_to_text_and_back()
    {
        var tokens = await server.AskAsync("tokenize", """{"content":"Hello, world"}""");
        var text = await server.AskAsync("detokenize", $$"""{"tokens":{{tokens.GetProperty("tokens").GetRawText()}}}""");
        Assert.Equal("Hello, world", text.GetProperty("content").GetString());
        var pieces = await server.AskAsync("tokenize", """{"content":"Hello","with_pieces":true}""");
        Assert.All(pieces.GetProperty("tokens").EnumerateArray(), token => Assert.NotEmpty(token.GetProperty("piece").GetString()!));
    }

    [Fact]
    public async Task Filling_a_gap_is_refused_with_the_reason()
    {
        var (status, error) = await server.FailAsync("infill", """{"input_prefix":"a","input_suffix":"b"}""");
        Assert.Equal(501, status);
        Assert.Contains("vocabulary", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static string Text(JsonElement answer, int choice) => answer.GetProperty("choices")[choice].GetProperty("text").GetString()!;
}
