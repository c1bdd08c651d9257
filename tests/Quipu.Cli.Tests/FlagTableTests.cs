using System.Globalization;
using System.Reflection;
using Quipu.Cli.Flags;

namespace Quipu.Cli.Tests;

/// <summary>What holds for every row of the flag table.</summary>
public class FlagTableTests
{
    public static TheoryData<string> Names => [.. FlagTable.All.Select(flag => flag.Name)];

    public static TheoryData<string> Refused => [.. RefusedFlags.Names];

    [Fact]
    public void Table_has_every_flag_that_is_declared()
    {
        var declared = new[] { typeof(GeneralFlags), typeof(TextFlags), typeof(ToolFlags), typeof(PackagingFlags), typeof(SamplingFlags), typeof(GrammarFlags), typeof(BenchFlags), typeof(ServerFlags) }
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Where(field => field.FieldType == typeof(FlagDefinition))
            .Select(field => (FlagDefinition)field.GetValue(null)!)
            .ToHashSet();
        Assert.Equal(declared.Count, FlagTable.All.Count);
        Assert.True(declared.SetEquals(FlagTable.All));
    }

    [Fact]
    public void Names_are_unique_in_each_mode_and_not_refused()
    {
        foreach (Modes mode in ModeNames.Each(Modes.All))
        {
            var flags = FlagTable.All.Where(flag => flag.Modes.HasFlag(mode));
            string[] names = [.. flags.SelectMany(flag => flag.Names.Concat(flag.OffNames)), .. RefusedFlags.Names];
            Assert.Empty(names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key));
            Assert.All(names, name => Assert.Matches("^--?[a-z][a-z0-9-]*$", name));
        }
        Assert.Equal(FlagTable.All.Count, FlagTable.All.Select(flag => flag.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_flag_is_in_the_help_of_its_modes_and_only_there(string name)
    {
        var flag = FlagTable.All.Single(flag => flag.Name == name);
        foreach (Modes mode in ModeNames.Each(Modes.All))
        {
            bool shown = Help.Of(mode).Split('\n').Any(line => line.StartsWith($"  {flag.Names[0]}", StringComparison.Ordinal)
                && line[(2 + flag.Names[0].Length)..] is "" or [',' or ' ', ..]);
            Assert.Equal(flag.Modes.HasFlag(mode) || IsOtherFlag(flag, flag.Names[0], mode), shown);
            Assert.NotEmpty(flag.HelpFor(mode));
        }
        Assert.Equal(flag.Kind != FlagKind.Switch, flag.ValueName.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_flag_is_read_in_its_modes_and_an_error_elsewhere(string name)
    {
        var flag = FlagTable.All.Single(flag => flag.Name == name);
        if (GeneralFlags.ModeOf(flag) is not null)
            return;
        foreach (Modes mode in ModeNames.Each(Modes.All))
        {
            foreach (string spelling in flag.Names.Concat(flag.OffNames))
            {
                if (!flag.Modes.HasFlag(mode) && IsOtherFlag(flag, spelling, Modes.All))
                    continue;
                string[] line = [.. Prefix(mode), spelling, .. Value(flag)];
                if (flag.Modes.HasFlag(mode))
                {
                    Assert.True(FlagParser.Parse(line).Has(flag));
                }
                else
                {
                    string message = Assert.Throws<UsageException>(() => FlagParser.Parse(line)).Message;
                    Assert.StartsWith(spelling, message, StringComparison.Ordinal);
                    Assert.Contains(ModeNames.Describe(mode), message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_number_out_of_range_names_the_flag_and_its_limits(string name)
    {
        var flag = FlagTable.All.Single(flag => flag.Name == name);
        if (flag.Kind is not (FlagKind.Integer or FlagKind.Number))
            return;
        List<string> wrong = ["x", "", "1e99", "NaN"];
        if (double.IsFinite(flag.Range.Least))
            wrong.Add((flag.Range.Least - 1).ToString(CultureInfo.InvariantCulture));
        if (double.IsFinite(flag.Range.Most))
            wrong.Add((flag.Range.Most + 1).ToString(CultureInfo.InvariantCulture));
        string[] prefix = Prefix(ModeNames.Each(flag.Modes).First());
        foreach (string value in wrong)
        {
            string message = Assert.Throws<UsageException>(() => FlagParser.Parse([.. prefix, name, value])).Message;
            Assert.StartsWith(name, message, StringComparison.Ordinal);
            Assert.Contains(value, message, StringComparison.Ordinal);
        }
        if (double.IsFinite(flag.Range.Least))
        {
            string message = Assert.Throws<UsageException>(() => FlagParser.Parse([.. prefix, name, wrong[4]])).Message;
            Assert.Contains(flag.Range.Least.ToString(CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Refused_flags_say_why(string name)
    {
        foreach (string[] prefix in (string[][])[[], ["--cli"], ["perplexity"]])
        {
            string message = Assert.Throws<UsageException>(() => FlagParser.Parse([.. prefix, name, "1"])).Message;
            Assert.Equal($"{name} is not supported: {RefusedFlags.Reason(name)}.", message);
        }
    }

    // The benchmark is spelled as llama-bench is: there -p is a number.
    private static bool IsOtherFlag(FlagDefinition flag, string spelling, Modes mode) =>
        FlagTable.All.Any(other => other != flag && (other.Modes & mode) != 0 && other.Names.Contains(spelling));

    private static string[] Prefix(Modes mode) => mode switch
    {
        Modes.Chat => [],
        Modes.Script => ["--cli"],
        Modes.Server => ["--server"],
        _ => [ModeNames.Command(mode)],
    };

    private static string[] Value(FlagDefinition flag) => flag.Kind switch
    {
        FlagKind.Switch => [],
        FlagKind.Text => ["x"],
        _ => [flag.Range.Contains(1) ? "1" : "0"],
    };
}
