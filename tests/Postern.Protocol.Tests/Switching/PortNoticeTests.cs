using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;

namespace Postern.Tests.Switching;

/// <summary>What is said of ports, by the letter, and what is turned away.</summary>
public class PortNoticeTests
{
    [Theory]
    [InlineData("""{"ufrag":"aF3d","opened":[]}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[{"at":"192.0.2.1:5","address":"198.51.100.1","ports":[1,65535]}]}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"counter":{"last":"198.51.100.1:5000","step":-1,"perSecond":4.5,"deviation":1.25}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"fan":{"at":"192.0.2.1:5","address":"198.51.100.1","first":1024,"size":64512,"sockets":196}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"fan":{"at":"192.0.2.1:5","address":"198.51.100.1","first":1024,"size":64512,"sockets":196,"addresses":["198.51.100.1","198.51.100.2"]}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"again":"Quiet"}""")]
    public void What_keeps_the_rules_is_read_and_written_again(string json)
    {
        FrameCodec.TryParse(SignalKind.Ports, new OpaqueJson(json), out var payload).ShouldBe(FrameError.None);
        payload!.Kind.ShouldBe(SignalKind.Ports);
        FrameCodec.Write(payload).ToString().ShouldBe(json);
    }

    [Theory]
    [InlineData("""{"ufrag":"aF3d"}""")]
    [InlineData("""{"ufrag":"aF3d","opened":null}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[null]}""")]
    [InlineData("""{"ufrag":"no!","opened":[]}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[{"at":"nowhere","address":"198.51.100.1","ports":[1]}]}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[{"at":"192.0.2.1:5","address":"198.51.100.1","ports":[]}]}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[{"at":"192.0.2.1:5","address":"198.51.100.1","ports":[0]}]}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[{"at":"192.0.2.1:5","address":"198.51.100.1","ports":[1,2,3,4,5,6,7,8,9]}]}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"counter":{"last":"198.51.100.1:5000","step":0,"perSecond":1}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"counter":{"last":"198.51.100.1:5000","step":1,"perSecond":1e999}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"counter":{"last":"198.51.100.1:5000","step":1,"perSecond":1,"deviation":-1}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"fan":{"at":"192.0.2.1:5","address":"198.51.100.1","first":1024,"size":64513,"sockets":1}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"fan":{"at":"192.0.2.1:5","address":"198.51.100.1","first":1024,"size":512,"sockets":1,"addresses":["nowhere"]}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"fan":{"at":"192.0.2.1:5","address":"198.51.100.1","first":1024,"size":512,"sockets":1,"addresses":[null]}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"fan":{"at":"192.0.2.1:5","address":"198.51.100.1","first":1024,"size":512,"sockets":1,"addresses":["::1","::1","::1","::1","::1","::1","::1","::1","::1","::1","::1","::1","::1","::1","::1","::1","::1"]}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"fan":{"at":"192.0.2.1:5","address":"198.51.100.1","first":1024,"size":2147483647,"sockets":1}}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"again":"Reckless"}""")]
    [InlineData("""{"ufrag":"aF3d","opened":[],"again":77}""")]
    public void What_breaks_one_is_turned_away(string json) =>
        FrameCodec.TryParse(SignalKind.Ports, new OpaqueJson(json), out _).ShouldNotBe(FrameError.None);
}
