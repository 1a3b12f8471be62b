using System.Text;
using System.Text.Json.Nodes;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Tests.Nat;

public class NatReportTests
{
    private static readonly NatReport Measured = new ProberWorld().Behind(new() { Ports = PortRuleKind.Step, Delta = 2 }).With(ProberWorld.TwoAddresses()).MeasureOne();

    [Fact]
    public void A_report_survives_json()
    {
        NatReportJson.TryRead(NatReportJson.Write(Measured), out var read).ShouldBeTrue();
        NatReportJson.Write(read).ShouldBe(NatReportJson.Write(Measured));
        read.Mapped.ShouldBe(Measured.Mapped);
        read.Ports.Samples.ShouldBe(Measured.Ports.Samples);
        Encoding.UTF8.GetString(NatReportJson.Write(read)).ShouldContain("\"mapping\":\"EndpointIndependent\"");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void What_is_no_report_is_refused_without_a_throw(string json)
    {
        NatReportJson.TryRead(Encoding.UTF8.GetBytes(json), out var report).ShouldBeFalse();
        report.ShouldBeNull();
    }

    /// <summary>A sound report with one field changed: nothing else can be the reason.</summary>
    [Theory]
    [InlineData("family", "\"V5\"")]
    [InlineData("family", "5")]
    [InlineData("mapped", "\"nowhere\"")]
    [InlineData("mapped", "null")]
    [InlineData("mapped", "7")]
    [InlineData("ports", "null")]
    [InlineData("ports.samples", "null")]
    [InlineData("ports.samples", "[null]")]
    [InlineData("ports.delta", "-2147483648")]
    [InlineData("ports.blockSize", "70000")]
    [InlineData("unknowns", "null")]
    [InlineData("unknowns", "[null]")]
    [InlineData("identity", "null")]
    [InlineData("mapping", "77")]
    [InlineData("roundTripMilliseconds", "1e999")]
    [InlineData("roundTripMilliseconds", "-1")]
    [InlineData("tookMilliseconds", "-1e999")]
    [InlineData("mappedAddresses", "-1")]
    [InlineData("sent", "-1")]
    public void What_is_no_sound_report_is_refused_without_a_throw(string field, string value)
    {
        var sound = JsonNode.Parse(NatReportJson.Write(Measured))!.AsObject();
        NatReportJson.TryRead(Encoding.UTF8.GetBytes(sound.ToJsonString()), out _).ShouldBeTrue();

        var names = field.Split('.');
        var holder = names.Length == 1 ? sound : sound[names[0]]!.AsObject();
        holder.ContainsKey(names[^1]).ShouldBeTrue();
        holder[names[^1]] = "here";
        var json = sound.ToJsonString().Replace("\"here\"", value);
        NatReportJson.TryRead(Encoding.UTF8.GetBytes(json), out var report).ShouldBeFalse();
        report.ShouldBeNull();
    }

    [Theory]
    [InlineData("room", "-1")]
    [InlineData("unansweredLifetime", "-1")]
    [InlineData("unansweredLifetime", "1e999")]
    public void What_no_measurement_tells_is_checked_where_it_is_told(string field, string value)
    {
        var known = Encoding.UTF8.GetString(NatReportJson.Write(Measured with { Room = 240, UnansweredLifetime = 30 }));
        NatReportJson.TryRead(Encoding.UTF8.GetBytes(known), out var report).ShouldBeTrue();
        report.ShouldSatisfyAllConditions(told => told.Room.ShouldBe(240), told => told.UnansweredLifetime.ShouldBe(30));
        NatReportJson.Write(report.AsMeasured()).ShouldBe(NatReportJson.Write(Measured));

        var wrong = known.Replace($"\"{field}\":{(field == "room" ? 240 : 30)}", $"\"{field}\":{value}");
        wrong.ShouldNotBe(known);
        NatReportJson.TryRead(Encoding.UTF8.GetBytes(wrong), out _).ShouldBeFalse();
    }

    [Fact]
    public void Immoderate_lists_and_texts_are_refused()
    {
        NatReportJson.TryRead(NatReportJson.Write(Measured with { Identity = new('x', 65) }), out _).ShouldBeFalse();
        NatReportJson.TryRead(NatReportJson.Write(Measured with { Unknowns = [.. Enumerable.Repeat(new NatUnknown(NatAspect.Ports, NatDoubt.TimeUp), 65)] }), out _).ShouldBeFalse();
        var samples = Enumerable.Repeat(Measured.Ports.Samples[0], 65).ToArray();
        NatReportJson.TryRead(NatReportJson.Write(Measured with { Ports = new() { Samples = samples } }), out _).ShouldBeFalse();
    }

    [Fact]
    public void The_identity_is_equal_for_equal_networks_and_tells_nothing()
    {
        var (local, mapped) = (IpAddress.Parse("192.168.1.2"), IpAddress.Parse("198.51.100.7"));
        var identity = NatReport.IdentityOf("00:11:22:33:44:55", IpFamily.V4, local, mapped);
        identity.Length.ShouldBe(32);
        NatReport.IdentityOf("00:11:22:33:44:55", IpFamily.V4, local, mapped).ShouldBe(identity);
        NatReport.IdentityOf("other", IpFamily.V4, local, mapped).ShouldNotBe(identity);
        NatReport.IdentityOf("00:11:22:33:44:55", IpFamily.V4, local, IpAddress.Parse("198.51.100.8")).ShouldNotBe(identity);
        NatReport.IdentityOf("", IpFamily.V6, IpAddress.Parse("2001:db8::1"), IpAddress.Parse("2001:db8::9"))
            .ShouldBe(NatReport.IdentityOf("", IpFamily.V6, IpAddress.Parse("2001:db8::2"), IpAddress.Parse("2001:db8::8")));
        Measured.Identity.ShouldBe(NatReport.IdentityOf("", IpFamily.V4, Measured.Local.Address, Measured.Mapped.Address));
    }

    [Fact]
    public void The_text_says_the_same_in_plain_words()
    {
        NatReportText.Of(Measured).ShouldBe([
            "The world sees this computer at 198.51.100.7; a router translates its own address 192.168.1.20 (network address translation).",
            "The router keeps one outer port for all targets, so others can be told where to send (endpoint-independent mapping).",
            "Only the exact port that was sent something may answer (address- and port-dependent filtering).",
            "Each new connection gets the last port +2 (sequential ports).",
            "Two computers in this network cannot meet at the router's outer address (no hairpinning).",
        ]);
    }

    [Fact]
    public void The_text_of_a_public_computer_does_not_speak_of_a_router()
    {
        NatReportText.Of(new ProberWorld { InnerV4 = IpAddress.Parse("198.51.100.50") }.With(ProberWorld.TwoAddresses()).MeasureOne()).ShouldBe([
            "This computer has the public address 198.51.100.50; nothing translates it (no NAT).",
            "Whoever knows an open port may send to it (endpoint-independent filtering).",
        ]);
    }

    [Fact]
    public void Every_value_has_words_of_its_own()
    {
        var texts = new HashSet<string>();
        foreach (var mapping in Enum.GetValues<NatDependence>())
        {
            texts.Add(NatReportText.Of(Measured with { Mapping = mapping })[1]).ShouldBeTrue();
            texts.Add(NatReportText.Of(Measured with { Filtering = mapping })[2]).ShouldBeTrue();
        }

        foreach (var kind in Enum.GetValues<PortRuleKind>())
        {
            texts.Add(NatReportText.Of(Measured with { Ports = new() { Kind = kind, Delta = 5, BlockStart = 1024, BlockSize = 512 } })[3]).ShouldBeTrue();
        }

        foreach (var doubt in Enum.GetValues<NatDoubt>())
        {
            texts.Add(NatReportText.Of(Measured with { Unknowns = [new(NatAspect.Ports, doubt)] })[5]).ShouldBeTrue();
        }
    }
}
