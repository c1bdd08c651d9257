using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Native;

/// <summary>llama.cpp's <c>/tokenize</c> and <c>/detokenize</c>.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class TokenEndpoints(ServerCore core)
{
    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/tokenize", TokenizeAsync);
        routes.MapPost("/detokenize", DetokenizeAsync);
    }

    private async Task TokenizeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var fields = new Fields(body.RootElement);
        string text = fields.RequiredText("content", "the text to tokenize");
        var tokenizer = core.Model.Tokenizer;
        int[] tokens = tokenizer.Encode(text, fields.Bool("add_special"), fields.Bool("parse_special", otherwise: true));
        if (fields.Bool("with_pieces"))
        {
            var pieces = new PieceList([.. tokens.Select(id => new TokenPiece(id, tokenizer.Piece(id)))]);
            await Reply.JsonAsync(context, pieces, ServerJson.Shared.PieceList).ConfigureAwait(false);
        }
        else
            await Reply.JsonAsync(context, new TokenList(tokens), ServerJson.Shared.TokenList).ConfigureAwait(false);
    }

    private async Task DetokenizeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var fields = new Fields(body.RootElement);
        if (fields.Find("tokens") is not { ValueKind: JsonValueKind.Array } tokens)
            throw ApiException.Missing("tokens", "an array of token ids");
        int[] ids = PromptReader.Ids(tokens, "tokens", core.Model.Tokenizer.VocabularySize);
        var text = new ContentBody(core.Model.Tokenizer.Decode(ids, renderSpecial: true));
        await Reply.JsonAsync(context, text, ServerJson.Shared.ContentBody).ConfigureAwait(false);
    }
}

/// <summary>Ids of a text.</summary>
internal sealed record TokenList(IReadOnlyList<int> Tokens);

/// <summary>Ids of a text with their pieces.</summary>
internal sealed record PieceList(IReadOnlyList<TokenPiece> Tokens);

/// <summary>A token.</summary>
internal sealed record TokenPiece(int Id, string Piece);

/// <summary>A text.</summary>
internal sealed record ContentBody(string Content);
