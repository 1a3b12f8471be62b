using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Real;
using Postern.Lab.Namespaces;
using Postern.Protocol.Ice;

namespace Postern.Tests.Grid;

public class GridMeetingsTests
{
    private static readonly GridReport Grid = GridRun.Run(new() { Boxes = [BoxCatalogue.All["linux"], BoxCatalogue.All["random"]] });

    [Fact]
    public void Meetings_stand_beside_the_cell_of_their_pair_and_their_programs_beside_the_grid()
    {
        var grid = Of("a", ("linux", "random", 1), ("random", "linux", 2), ("linux", "public", 3)).Into(Grid);
        grid.Pairs.Select(pair => pair.Meetings?.Single().FirstByte).ShouldBe([null, 1, 2, null]);
        grid.Peers!.ShouldBe([new("a", "A", "A note.")]);
    }

    [Fact]
    public void Of_one_program_a_pair_keeps_the_meeting_that_was_there_first()
    {
        var newer = Of("a", ("linux", "random", 1)).Into(Grid);
        var both = Of("b", ("linux", "random", 5)).Into(Of("a", ("linux", "random", 2), ("random", "random", 3)).Into(newer));
        both.Pairs.Select(pair => string.Join(' ', (pair.Meetings ?? []).Select(meeting => $"{meeting.Peer}{meeting.FirstByte}"))).ShouldBe(["", "a1 b5", "", "a3"]);
        both.Peers!.Select(peer => peer.Name).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Programs_without_a_meeting_in_the_grid_are_not_named() => Of("a", ("public", "public", 1)).Into(Grid).Peers.ShouldBeNull();

    [Fact]
    public void What_grid_json_says_is_read_again()
    {
        var written = GridJson.Write(Of("a", ("linux", "random", 1.5)).Into(Grid));
        var read = GridMeetings.Read(written);
        read.Peers.ShouldBe([new("a", "A", "A note.")]);
        var (one, other, meeting) = read.Met.ShouldHaveSingleItem();
        (one, other, meeting.Peer, meeting.Outcome, meeting.Path, meeting.FirstByte, meeting.Caller).ShouldBe(
            ("linux", "random", "a", GridOutcome.Direct, PathKind.Punched, 1.5, "srflx 198.51.100.2 7"));
    }

    [Fact]
    public void A_grid_without_meetings_brings_none()
    {
        var read = GridMeetings.Read(GridJson.Write(Grid));
        (read.Peers.Count, read.Met.Count).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"format\":3,\"pairs\":[]}")]
    [InlineData("{\"format\":2,\"tables\":[],\"pairs\":[]}")]
    [InlineData("{\"format\":1,\"pairs\":[{\"one\":\"linux\",\"other\":\"linux\",\"meetings\":[{\"peer\":\"a\"}]}]}")]
    [InlineData("{\"format\":1,\"pairs\":[{\"one\":\"linux\",\"other\":\"linux\",\"meetings\":[{\"peer\":\"a\",\"outcome\":\"Bent\"}]}]}")]
    public void What_is_no_grid_is_refused_in_one_sentence(string json) =>
        Should.Throw<LabException>(() => GridMeetings.Read(json)).Message.ShouldStartWith("It is no grid.json");

    private static GridMeetings Of(string peer, params (string One, string Other, double FirstByte)[] met) => new()
    {
        Peers = [new(peer, peer.ToUpperInvariant(), $"{peer.ToUpperInvariant()} note.")],
        Met = [.. met.Select(entry => (entry.One, entry.Other, new GridMeeting
        {
            Peer = peer,
            Outcome = GridOutcome.Direct,
            Path = PathKind.Punched,
            FirstByte = entry.FirstByte,
            Caller = "srflx 198.51.100.2 7",
            Callee = "host 192.168.1.2 7",
        }))],
    };
}
