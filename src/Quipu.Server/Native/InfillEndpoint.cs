using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Server.Http;
using Quipu.Tokenizers;

namespace Quipu.Server.Native;

/// <summary>llama.cpp's <c>/infill</c>: text between a beginning and an end, for models that have tokens for it.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class InfillEndpoint(ServerCore core)
{
    // Spellings of prefix, suffix and middle: CodeGemma and Qwen, StarCoder, DeepSeek Coder, CodeLlama.
    private static readonly (string Prefix, string Suffix, string Middle)[] Spellings =
    [
        ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
        ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
        ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
        ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
        ("▁<PRE>", "▁<SUF>", "▁<MID>"),
    ];

    private readonly (int Prefix, int Suffix, int Middle)? _tokens = Find(core.Model.Tokenizer);
    private readonly CompletionEndpoint _completion = new(core);

    /// <summary>Maps the route.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/infill", ServeAsync);

    private async Task ServeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var fields = new Fields(body.RootElement);
        string before = fields.RequiredText("input_prefix", "the text before the gap");
        string after = fields.RequiredText("input_suffix", "the text after the gap");
        if (_tokens is not var (prefix, suffix, middle))
            throw new ApiException(
                501, $"{core.ModelName} cannot fill gaps: its vocabulary has no tokens for prefix, suffix and middle.", code: "not_supported");
        var tokenizer = core.Model.Tokenizer;
        int[] prompt =
        [
            .. tokenizer.Encode("", addSpecial: tokenizer.AddBos, parseSpecial: false).Where(id => id == tokenizer.Bos),
            prefix, .. tokenizer.Encode(before, addSpecial: false, parseSpecial: false),
            suffix, .. tokenizer.Encode(after, addSpecial: false, parseSpecial: false),
            middle, .. tokenizer.Encode(fields.Text("prompt") ?? "", addSpecial: false, parseSpecial: false),
        ];
        await _completion.CompleteAsync(context, fields, [prompt]).ConfigureAwait(false);
    }

    /// <summary>The model's tokens for filling gaps, whichever spelling its makers chose.</summary>
    private static (int Prefix, int Suffix, int Middle)? Find(Tokenizer tokenizer)
    {
        foreach (var (before, after, middle) in Spellings)
            if (tokenizer.FindToken(before) is { } prefix && tokenizer.FindToken(after) is { } suffix && tokenizer.FindToken(middle) is { } hole)
                return (prefix, suffix, hole);
        return null;
    }
}
