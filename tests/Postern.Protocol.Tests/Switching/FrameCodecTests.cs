using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;

namespace Postern.Tests.Switching;

public sealed partial class FrameCodecTests
{
    /// <summary>Every sample of docs/switchboard.md, by the heading above it.</summary>
    public static TheoryData<string, string> Documented(string heading)
    {
        var data = new TheoryData<string, string>();
        var section = "";
        foreach (Match match in HeadingOrSample().Matches(File.ReadAllText(Page())))
        {
            section = match.Groups["heading"].Success ? match.Groups["heading"].Value.Trim() : section;
            if (match.Groups["json"].Success && section.StartsWith(heading, StringComparison.Ordinal))
            {
                data.Add(match.Groups["json"].Value.Trim(), section);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Documented), "Client to switchboard")]
    public void Every_documented_client_frame_is_one(string json, string section)
    {
        FrameCodec.TryParse(Encoding.UTF8.GetBytes(json), out ClientFrame? frame).ShouldBe(FrameError.None, section);
        FrameCodec.TryParse(FrameCodec.Write(frame!), out ClientFrame? again).ShouldBe(FrameError.None);
        again.ShouldBe(frame);
    }

    [Theory]
    [MemberData(nameof(Documented), "Switchboard to client")]
    public void Every_documented_server_frame_is_one(string json, string section)
    {
        FrameCodec.TryParse(Encoding.UTF8.GetBytes(json), out ServerFrame? frame).ShouldBe(FrameError.None, section);
        var written = FrameCodec.Write(frame!);
        FrameCodec.TryParse(written, out ServerFrame? again).ShouldBe(FrameError.None);
        FrameCodec.Write(again!).ShouldBe(written);
    }

    [Theory]
    [MemberData(nameof(Documented), "Payloads")]
    public void Every_documented_payload_is_one(string json, string section)
    {
        var error = FrameError.NotARecord;
        foreach (var kind in Enum.GetValues<SignalKind>())
        {
            if (FrameCodec.TryParse(kind, new OpaqueJson(json), out var payload) == FrameError.None)
            {
                error = FrameError.None;
                FrameCodec.TryParse(payload!.Kind, FrameCodec.Write(payload), out _).ShouldBe(FrameError.None, section);
            }
        }

        error.ShouldBe(FrameError.None, json);
    }

    [Fact]
    public void Every_type_of_frame_and_every_word_is_documented()
    {
        var page = File.ReadAllText(Page());
        string[] types = ["hello", "prove", "signal", "ack", "turn", "presence", "ping", "challenge", "welcome", "refused", "pong", "bye"];
        types.ShouldAllBe(type => page.Contains($"\"type\": \"{type}\""));
        var words = Words<RefusalCode>().Concat(Words<SignalKind>()).Concat(Words<HangUp>()).Concat(Words<ByeReason>());
        words.Where(word => word != "unknown").ShouldAllBe(word => page.Contains($"`{word}`"));
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData(""" { "a" : [ 1 , -0.5e+3 , true , false , null , "\u00e9\n\"" ] , "b" : { } } """, true)]
    [InlineData("""{"a":[]}""", true)]
    [InlineData("""{"a":01}""", false)]
    [InlineData("""{"a":1.}""", false)]
    [InlineData("""{"a":-}""", false)]
    [InlineData("""{"a":1e}""", false)]
    [InlineData("""{"a":nul}""", false)]
    [InlineData("""{"a":"x}""", false)]
    [InlineData("""{"a":"\x"}""", false)]
    [InlineData("""{"a":"\u00g0"}""", false)]
    [InlineData("""{"a":"\""", false)]
    [InlineData("""{"a":[1,]}""", false)]
    [InlineData("""{"a":[1 2]}""", false)]
    [InlineData("""{"a":[}""", false)]
    [InlineData("""{"a" 1}""", false)]
    [InlineData("""{a:1}""", false)]
    [InlineData("""{"a":1,}""", false)]
    [InlineData("""{"a":1]""", false)]
    [InlineData("""{"a":1}}""", false)]
    [InlineData("""{"a":1}x""", false)]
    [InlineData("""{"a":"	"}""", false)]
    [InlineData("{\"a\":1}\0", false)]
    [InlineData("{", false)]
    public void Only_whole_JSON_objects_reach_the_serializer(string json, bool whole)
    {
        // RFC 8259 §2 to §7, seen through the error: a whole object without a type is no record, anything else is no JSON.
        var error = FrameCodec.TryParse(Encoding.UTF8.GetBytes(json), out ClientFrame? frame);
        error.ShouldBe(whole ? FrameError.NotARecord : FrameError.NotJson);
        frame.ShouldBeNull();
    }

    [Fact]
    public void The_limits_hold_to_the_byte()
    {
        Error(Ping(new string('x', FrameLimits.TextBytes))).ShouldBe(FrameError.None);
        Error(Ping(new string('x', FrameLimits.TextBytes + 1))).ShouldBe(FrameError.TextTooLong);
        Error($$"""{"type":"ping","a":[{{string.Join(',', Enumerable.Repeat("1", FrameLimits.Values - 3))}}]}""").ShouldBe(FrameError.None);
        Error($$"""{"type":"ping","a":[{{string.Join(',', Enumerable.Repeat("1", FrameLimits.Values - 2))}}]}""").ShouldBe(FrameError.TooManyValues);
        Error("""{"type":"ping"}""".PadRight(FrameLimits.FrameBytes)).ShouldBe(FrameError.None);
        Error("""{"type":"ping"}""".PadRight(FrameLimits.FrameBytes + 1)).ShouldBe(FrameError.TooLarge);
        FrameCodec.TryParse([(byte)'{', 0xFF, (byte)'}'], out ClientFrame? _).ShouldBe(FrameError.NotText);
    }

    [Fact]
    public void A_description_without_a_field_that_must_be_there_is_refused()
    {
        var whole = JsonNode.Parse(FrameCodec.Write(new SignalPayload.Described(Samples.Offer)).Text)!.AsObject();
        string[] optional = ["sctpInit", "renomination", "postern", "candidatesComplete", "natReport", "issued", "answerTo"];
        foreach (var field in whole.Select(member => member.Key).ToArray())
        {
            var without = whole.DeepClone().AsObject();
            without.Remove(field);
            FrameCodec.TryParse(SignalKind.Offer, new OpaqueJson(without.ToJsonString()), out _).ShouldBe(optional.Contains(field) ? FrameError.None : FrameError.NotARecord, field);
            without[field] = null;
            FrameCodec.TryParse(SignalKind.Offer, new OpaqueJson(without.ToJsonString()), out _).ShouldBe(field is "sctpInit" or "natReport" or "answerTo" ? FrameError.None : FrameError.NotARecord, field);
        }
    }

    [Fact]
    public void Fields_of_a_later_version_are_passed_over()
    {
        Error("""{"later":{"a":[1]},"type":"presence","name":"bob"}""").ShouldBe(FrameError.None);
    }

    [Fact]
    public void A_refused_frame_costs_little_and_keeps_nothing()
    {
        var bad = Encoding.UTF8.GetBytes("""{"type":"ping","a":[1,2,3,"text",{"b":nope}]}""");
        FrameCodec.TryParse(bad, out ClientFrame? _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            FrameCodec.TryParse(bad, out ClientFrame? _);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Secrets_are_not_in_the_text_of_a_record()
    {
        new TurnGrant("user", "top secret", 1, []).ToString().ShouldNotContain("secret");
        Samples.Offer.ToString().ShouldNotContain(Samples.Offer.IcePwd);
    }

    private static string Ping(string text) => $$"""{"type":"ping","a":"{{text}}"}""";

    private static FrameError Error(string json) => FrameCodec.TryParse(Encoding.UTF8.GetBytes(json), out ClientFrame? _);

    private static IEnumerable<string> Words<T>()
        where T : struct, Enum => Enum.GetNames<T>().Select(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName);

    private static string Page([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", "switchboard.md"));

    [GeneratedRegex("^## (?<heading>.*)$|^```json$(?<json>[^`]*)^```$", RegexOptions.Multiline)]
    private static partial Regex HeadingOrSample();
}
