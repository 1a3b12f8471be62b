using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Postern.Cli.Terminal;

/// <summary>What a command says: plain lines for a person, or one JSON object a line for a program.</summary>
internal sealed class Output(TextWriter writer, TextWriter error, bool json)
{
    private const int TableWidth = 240;

    private readonly Lock _gate = new();

    public bool Json => json;

    /// <summary>A line for a person; nothing under <c>--json</c>.</summary>
    public void Line(string text)
    {
        if (!json)
        {
            Write(writer, text);
        }
    }

    /// <summary>Text of many lines that another program may read: tabs stay; nothing under <c>--json</c>.</summary>
    public void Text(string text)
    {
        foreach (var line in json ? [] : text.TrimEnd('\n').Split('\n'))
        {
            lock (_gate)
            {
                writer.WriteLine(string.Join('\t', line.Split('\t').Select(Printable.Safe)));
                writer.Flush();
            }
        }
    }

    /// <summary>A table for a person; nothing under <c>--json</c>.</summary>
    public void Table(Table table)
    {
        if (json)
        {
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = TableWidth; // a table that wraps is read by nobody; a terminal scrolls or folds
        lock (_gate)
        {
            console.Write(table);
            writer.Flush();
        }
    }

    /// <summary>A remark for a person that is no result: standard error; nothing under <c>--json</c>.</summary>
    public void Remark(string text)
    {
        if (!json)
        {
            Write(error, text);
        }
    }

    /// <summary>An object for a program; nothing without <c>--json</c>.</summary>
    public void Object(JsonObject value)
    {
        if (json)
        {
            Write(writer, value.ToJsonString());
        }
    }

    public void Object<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        if (json)
        {
            Write(writer, JsonSerializer.Serialize(value, type));
        }
    }

    private void Write(TextWriter to, string text)
    {
        lock (_gate)
        {
            to.WriteLine(json ? text : Printable.Safe(text));
            to.Flush();
        }
    }
}
