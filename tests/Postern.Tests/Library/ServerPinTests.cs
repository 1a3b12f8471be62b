using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Identity;

namespace Postern.Tests.Library;

public class ServerPinTests
{
    [Fact]
    public void The_key_of_the_first_login_is_kept_beside_the_peers()
    {
        var contacts = new MemoryContactBook();
        var pin = Pin("ws://postern.example:4780/switchboard", contacts);
        pin.Key.ShouldBeNull();
        pin.Remember("first");
        pin.Remember("second");
        pin.Key.ShouldBe("first");
        contacts.FindKey("@postern.example:4780").ShouldBe("first");
        PeerName.TryParse("@postern.example", out _).ShouldBeFalse("no peer can have that name");
    }

    [Theory]
    [InlineData("ws://127.0.0.1:4780/switchboard")]
    [InlineData("ws://[::1]:4780/switchboard")]
    [InlineData("ws://localhost:4780/switchboard")]
    public void On_loopback_nobody_else_can_answer(string server)
    {
        var pin = Pin(server, new MemoryContactBook());
        pin.Remember("first");
        pin.Key.ShouldBeNull();
    }

    [Fact]
    public void Another_key_is_a_wrong_identity_and_the_sentence_says_what_to_do()
    {
        using var identity = PeerIdentity.Create();
        var options = new PosternClientOptions { Server = new("ws://postern.example:4780/switchboard"), Name = "alice", Identity = identity };
        var refused = Unreachable.Explain(new SwitchboardClientEvent.Disconnected(DisconnectReason.WrongServer, "", Instant.Never), options);
        refused.Failure.ShouldBe(ConnectFailure.WrongIdentity);
        refused.Message.ShouldContain("remove '@postern.example:4780' from the contacts");
    }

    private static ServerPin Pin(string server, IContactBook contacts) =>
        new(new() { Server = new(server), Name = "alice", Identity = PeerIdentity.Create(), Contacts = contacts });
}
