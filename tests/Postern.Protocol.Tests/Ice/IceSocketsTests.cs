using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Ice;

/// <summary>A computer with two interfaces, a socket on each.</summary>
public class IceSocketsTests
{
    private static readonly Endpoint Second = Endpoint.Parse("198.51.100.1:5001");

    private readonly IceScript _script = new(new() { Renomination = true });
    private Endpoint _deaf = Endpoint.None;

    [Fact]
    public void The_better_of_two_sockets_carries_data_and_the_other_takes_over_when_it_is_gone()
    {
        Connect();
        _script.Agent.RemoveLocalCandidates(IceScript.Local, _script.Now);
        _script.Agent.SelectedPath!.Value.Local.ShouldBe(Second);
        Pass(1000);
        _script.Agent.Pairs.ShouldHaveSingleItem().Path.Local.ShouldBe(Second);
        _script.Events.OfType<IceEvent.PathLost>().ShouldBeEmpty();
    }

    [Fact]
    public void The_other_socket_takes_over_when_the_better_falls_silent_and_gives_back()
    {
        Connect();
        _deaf = IceScript.Local;
        _script.Agent.NotePacketSent(IceScript.Local, IceScript.Remote, _script.Now);
        Pass(2000);
        _script.Agent.SelectedPath!.Value.Local.ShouldBe(Second);
        _deaf = Endpoint.None;
        Pass(15_000);
        _script.Agent.SelectedPath!.Value.Local.ShouldBe(IceScript.Local);
    }

    [Fact]
    public void Each_socket_answers_the_checks_that_came_to_it()
    {
        Connect();
        foreach (var socket in (Endpoint[])[IceScript.Local, Second])
        {
            _script.Hear(_script.Request(), IceScript.Remote, socket).ShouldBeTrue();
            var (bytes, transmit) = _script.Take().First(sent => IceScript.Kind(sent.Bytes).Class == StunClass.Success);
            transmit.Source.ShouldBe(socket);
            transmit.Destination.ShouldBe(IceScript.Remote);
            bytes.ShouldNotBeEmpty();
        }
    }

    private void Connect()
    {
        _script.Agent.AddLocalCandidate(Candidate.Host(Second, 34000), _script.Now);
        Pass(1000);
        _script.Agent.Pairs.ShouldAllBe(pair => pair.State == PairState.Succeeded);
        _script.Agent.Pairs.Count.ShouldBe(2);
        _script.Agent.SelectedPath!.Value.Local.ShouldBe(IceScript.Local);
    }

    /// <summary>Lets the time pass; each check is answered but for those of a socket that is deaf.</summary>
    private void Pass(double milliseconds)
    {
        for (var end = _script.Now + TimeSpan.FromMilliseconds(milliseconds); _script.Now < end; _script.Pass(10))
        {
            foreach (var (bytes, transmit) in _script.Take())
            {
                if (IceScript.Kind(bytes).Class == StunClass.Request && transmit.Source != _deaf)
                {
                    _script.Hear(IceScript.Answer(bytes, mapped: transmit.Source), transmit.Destination, transmit.Source).ShouldBeTrue();
                }
            }
        }
    }
}
