using System.Globalization;
using CsCheck;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Tests.Chat;

/// <summary>Editing without a terminal.</summary>
public class LineBufferTests
{
    private static readonly Action<LineBuffer>[] Edits =
    [
        buffer => buffer.Insert("a"), buffer => buffer.Insert("b c\nd"), buffer => buffer.Insert("e\u0301"), buffer => buffer.Insert("👩‍🚀"),
        buffer => buffer.Insert(" "), buffer => buffer.Backspace(), buffer => buffer.Delete(), buffer => buffer.MoveLeft(),
        buffer => buffer.MoveRight(), buffer => buffer.MoveWordLeft(), buffer => buffer.MoveWordRight(), buffer => buffer.MoveHome(),
        buffer => buffer.MoveEnd(), buffer => buffer.MoveUp(), buffer => buffer.MoveDown(), buffer => buffer.CutToEnd(),
        buffer => buffer.CutToStart(), buffer => buffer.CutWordLeft(), buffer => buffer.CutWordRight(), buffer => buffer.CutBlankLeft(),
        buffer => buffer.Transpose(), buffer => buffer.UpperWord(), buffer => buffer.LowerWord(), buffer => buffer.CapitalizeWord(),
        buffer => buffer.Undo(), buffer => buffer.MoveToStart(), buffer => buffer.MoveToEnd(), buffer => buffer.Set("x\ny z"),
    ];

    [Fact]
    public void A_character_of_several_code_points_is_one()
    {
        var buffer = With("ae\u0301👩‍🚀");
        buffer.MoveLeft();
        Assert.Equal(3, buffer.Cursor);
        buffer.Backspace();
        Assert.Equal("a👩‍🚀", buffer.Text);
        buffer.Delete();
        Assert.Equal("a", buffer.Text);
    }

    [Fact]
    public void Words_are_moved_over_cut_and_changed()
    {
        var buffer = With("one two-three");
        buffer.MoveWordLeft();
        Assert.Equal(8, buffer.Cursor);
        buffer.UpperWord();
        Assert.Equal("one two-THREE", buffer.Text);
        Assert.Equal("two-THREE", buffer.CutBlankLeft());
        Assert.Equal("one ", buffer.CutWordLeft());
        Assert.Equal("", buffer.Text);
    }

    [Fact]
    public void Lines_are_walked_in_the_same_column()
    {
        var buffer = With("long line\nab\nanother");
        Assert.True(buffer.MoveUp());
        Assert.Equal("long line\nab".Length, buffer.Cursor);
        Assert.True(buffer.MoveUp());
        Assert.Equal(2, buffer.Cursor);
        Assert.False(buffer.MoveUp());
        Assert.True(buffer.MoveDown());
        Assert.True(buffer.MoveDown());
        Assert.False(buffer.MoveDown());
    }

    [Fact]
    public void The_rest_of_a_line_is_cut_and_then_its_break()
    {
        var buffer = With("ab\ncd");
        buffer.MoveToStart();
        buffer.MoveRight();
        Assert.Equal("b", buffer.CutToEnd());
        Assert.Equal("\n", buffer.CutToEnd());
        Assert.Equal("acd", buffer.Text);
    }

    [Fact]
    public void Characters_are_swapped_at_the_end_and_within()
    {
        var buffer = With("abc");
        buffer.Transpose();
        Assert.Equal("acb", buffer.Text);
        buffer.MoveHome();
        buffer.MoveRight();
        buffer.Transpose();
        Assert.Equal("cab", buffer.Text);
    }

    [Fact]
    public void One_undo_takes_a_typed_word_back()
    {
        var buffer = With("");
        foreach (char value in "one two")
            buffer.Insert(value.ToString());
        buffer.CutBlankLeft();
        buffer.Undo();
        Assert.Equal("one two", buffer.Text);
        buffer.Undo();
        Assert.Equal("one ", buffer.Text);
        buffer.Undo();
        buffer.Undo();
        Assert.Equal("", buffer.Text);
        buffer.Undo();
        Assert.Equal("", buffer.Text);
    }

    [Fact]
    public void Whatever_is_done_the_cursor_stands_between_characters() =>
        Gen.Int[0, Edits.Length - 1].Array[0, 60].Sample(chosen =>
        {
            var buffer = new LineBuffer();
            foreach (int edit in chosen)
            {
                Edits[edit](buffer);
                Assert.InRange(buffer.Cursor, 0, buffer.Text.Length);
                Assert.True(buffer.Cursor == buffer.Text.Length || Starts(buffer.Text).Contains(buffer.Cursor), $"{buffer.Cursor} in '{buffer.Text}'");
            }
        }, iter: 3000);

    [Fact]
    public void Everything_can_be_undone() =>
        Gen.Int[0, Edits.Length - 1].Array[0, 40].Sample(chosen =>
        {
            var buffer = new LineBuffer();
            foreach (int edit in chosen)
                Edits[edit](buffer);
            for (int i = 0; i <= chosen.Length; i++)
                buffer.Undo();
            Assert.Equal("", buffer.Text);
        }, iter: 1000);

    // As the buffer does, a line at a time: a break ends every cluster.
    private static HashSet<int> Starts(string text)
    {
        var starts = new HashSet<int>();
        int at = 0;
        foreach (string line in text.Split('\n'))
        {
            foreach (int index in StringInfo.ParseCombiningCharacters(line))
                starts.Add(at + index);
            at += line.Length;
            starts.Add(at++);
        }
        return starts;
    }

    private static LineBuffer With(string text)
    {
        var buffer = new LineBuffer();
        buffer.Set(text);
        return buffer;
    }
}
