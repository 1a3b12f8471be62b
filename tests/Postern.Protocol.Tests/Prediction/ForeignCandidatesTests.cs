using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;

namespace Postern.Tests.Prediction;

/// <summary>A standard agent is made to ask no more ports than its network may see.</summary>
public class ForeignCandidatesTests
{
    private readonly List<(Instant At, Candidate Candidate)> _told = [];
    private Instant _now = Instant.FromMilliseconds(1000);

    [Fact]
    public void Eight_in_three_seconds_and_fourteen_in_all_the_ordinary_ones_included_the_best_first()
    {
        var candidates = new ForeignCandidates(candidate => _told.Add((_now, candidate)));
        for (var i = 0; i < 3; i++)
        {
            candidates.Note(_now);
        }

        for (var rank = 0; rank < 20; rank++)
        {
            candidates.Add(Candidate.Predicted(Endpoint.Parse($"198.51.100.1:{5000 + rank}"), Endpoint.Parse("192.168.1.2:4000"), rank));
        }

        while (candidates.NextDeadline != Instant.Never)
        {
            _now = Instant.Max(_now, candidates.NextDeadline);
            candidates.Advance(_now);
        }

        _told.Count.ShouldBe(11);
        _told.Select(told => told.Candidate.Address.Port).ShouldBe(Enumerable.Range(5000, 11).Select(port => (ushort)port));
        _told.Select(told => told.Candidate.Priority).ShouldBeInOrder(SortDirection.Descending);
        _told.Count(told => told.At == Instant.FromMilliseconds(1000)).ShouldBe(5);
        (_told[5].At - _told[0].At).ShouldBe(TimeSpan.FromSeconds(3.1));
    }

    [Fact]
    public void Nobody_is_sent_to_a_port_that_means_something_else()
    {
        var candidates = new ForeignCandidates(candidate => _told.Add((_now, candidate)));
        foreach (var port in new[] { 53, 2000, 4000, 32770 })
        {
            candidates.Add(Candidate.Predicted(Endpoint.Parse($"198.51.100.1:{port}"), Endpoint.Parse("192.168.1.2:4000"), rank: 0));
        }

        candidates.Advance(_now);
        _told.ShouldHaveSingleItem().Candidate.Address.Port.ShouldBe((ushort)4000);
        candidates.Left.ShouldBe(ForeignCandidates.Most - 1);
    }
}
