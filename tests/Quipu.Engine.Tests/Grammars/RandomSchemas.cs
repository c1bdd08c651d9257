using System.Text.Json.Nodes;

namespace Quipu.Engine.Tests.Grammars;

/// <summary>Random JSON schemas of everything that is supported, each with at least one valid value.</summary>
internal sealed class RandomSchemas(Random random)
{
    private static readonly string[] Patterns = ["^[a-z]{2,5}$", "^(red|green|blue)$", "[0-9]", "^\\d{4}-\\w+$", "^[^\"x]+é?$", "^a*b+c?$", "\\.$"];
    private static readonly string[] Formats = ["date", "time", "date-time", "uuid", "ipv4"];

    /// <summary>A schema; a part of it may refer to definitions, also to itself.</summary>
    public JsonObject Next()
    {
        var schema = Make(3, insideDefinition: false);
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        schema["$defs"] = new JsonObject
        {
            ["plain"] = Make(1, insideDefinition: true),
            ["list"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["value"] = Make(1, insideDefinition: true), ["next"] = Reference("list") },
                ["required"] = new JsonArray("value"),
                ["additionalProperties"] = false,
            },
        };
        return schema;
    }

    private JsonObject Make(int depth, bool insideDefinition) => random.Next(depth > 0 ? 14 : 8) switch
    {
        0 or 1 => Text(),
        2 => Whole(),
        3 => Number(),
        4 => new JsonObject { ["enum"] = new JsonArray("a", "quote \" and \\", 3, -1.5, null, true, new JsonArray(1, "x"), new JsonObject { ["k"] = "v" }) },
        5 => new JsonObject { ["const"] = random.Next(3) switch { 0 => "é\n\u0001", 1 => random.Next(1000), _ => new JsonObject { ["a"] = new JsonArray() } } },
        6 => new JsonObject { ["type"] = random.Next(2) == 0 ? "boolean" : "null" },
        7 when !insideDefinition => Reference(random.Next(2) == 0 ? "plain" : "list"),
        7 => new JsonObject { ["type"] = new JsonArray("integer", "null"), ["minimum"] = random.Next(-50, 50) },
        8 or 9 => List(depth, insideDefinition),
        10 => new JsonObject { ["anyOf"] = new JsonArray(Make(depth - 1, insideDefinition), Make(depth - 1, insideDefinition)) },
        11 => OneOf(depth, insideDefinition),
        12 => AllOf(depth, insideDefinition),
        _ => Object(depth, insideDefinition),
    };

    private JsonObject Text()
    {
        var schema = new JsonObject { ["type"] = "string" };
        switch (random.Next(5))
        {
            case 0:
                schema["pattern"] = Pick(Patterns);
                break;
            case 1:
                schema["format"] = Pick(Formats);
                break;
            case 2:
                schema["minLength"] = random.Next(4);
                schema["maxLength"] = random.Next(4, 12);
                break;
            case 3:
                schema["maxLength"] = random.Next(300);
                break;
        }
        return schema;
    }

    private JsonObject Whole()
    {
        int low = random.Next(-2000, 2000);
        var schema = new JsonObject { ["type"] = "integer" };
        if (random.Next(3) > 0)
            schema[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = low;
        if (random.Next(3) > 0)
            schema[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = low + 2 + random.Next(5000);
        return schema;
    }

    private JsonObject Number()
    {
        decimal low = random.Next(-20000, 20000) / 100m;
        var schema = new JsonObject { ["type"] = "number" };
        if (random.Next(3) > 0)
            schema[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = low;
        if (random.Next(3) > 0)
            schema[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = low + 0.5m + (random.Next(1000) / 8m);
        return schema;
    }

    private JsonObject List(int depth, bool insideDefinition)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Make(depth - 1, insideDefinition), ["maxItems"] = random.Next(2, 5) };
        if (random.Next(2) == 0)
            schema["minItems"] = random.Next(3);
        if (random.Next(3) == 0)
            schema["prefixItems"] = new JsonArray(Make(depth - 1, insideDefinition), Make(0, insideDefinition));
        return schema;
    }

    private JsonObject Object(int depth, bool insideDefinition)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (string name in new[] { "a", "name", "größe", "with \"quotes\"", "b/c~d" }.Take(random.Next(1, 6)))
        {
            properties[name] = Make(depth - 1, insideDefinition);
            if (random.Next(2) == 0)
                required.Add(name);
        }
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        if (random.Next(3) == 0)
            schema["additionalProperties"] = random.Next(2) == 0 ? false : Make(0, insideDefinition);
        return schema;
    }

    /// <summary>Alternatives that cannot hold at once: by their type, or by a constant.</summary>
    private JsonObject OneOf(int depth, bool insideDefinition) => random.Next(2) == 0
        ? new JsonObject { ["oneOf"] = new JsonArray(Text(), Whole(), new JsonObject { ["type"] = "null" }) }
        : new JsonObject { ["oneOf"] = new JsonArray(Tagged("one", depth, insideDefinition), Tagged("two", depth, insideDefinition)) };

    private JsonObject Tagged(string tag, int depth, bool insideDefinition) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = tag }, ["value"] = Make(depth - 1, insideDefinition) },
        ["required"] = new JsonArray("kind", "value"),
        ["additionalProperties"] = false,
    };

    private JsonObject AllOf(int depth, bool insideDefinition) => random.Next(2) == 0
        ? new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["type"] = "integer", ["minimum"] = 3 }, new JsonObject { ["maximum"] = 3 + random.Next(100) }) }
        : new JsonObject
        {
            ["allOf"] = new JsonArray(
                new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["x"] = Make(depth - 1, insideDefinition) }, ["required"] = new JsonArray("x") },
                new JsonObject { ["properties"] = new JsonObject { ["y"] = Text() }, ["required"] = new JsonArray("y") }),
        };

    private static JsonObject Reference(string name) => new() { ["$ref"] = "#/$defs/" + name };

    private string Pick(string[] choices) => choices[random.Next(choices.Length)];
}
