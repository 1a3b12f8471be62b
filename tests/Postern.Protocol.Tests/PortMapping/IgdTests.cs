using System.Text;
using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;

namespace Postern.Tests.PortMapping;

public class IgdTests
{
    private static readonly Uri Where = new("http://192.168.1.1:5000/rootDesc.xml");

    [Fact]
    public void A_search_is_answered_with_the_place_of_a_description()
    {
        Encoding.ASCII.GetString(SsdpMessage.Search(SsdpMessage.Gateway, 1)).ShouldBe(
            "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n");
        SsdpMessage.Location(Answer("http://192.168.1.1:5000/d.xml")).ShouldBe(new Uri("http://192.168.1.1:5000/d.xml"));
        SsdpMessage.Location(Answer("file:///etc/passwd")).ShouldBeNull();
        SsdpMessage.Location(Encoding.ASCII.GetBytes("NOTIFY * HTTP/1.1\r\nLOCATION: http://192.168.1.1/\r\n\r\n")).ShouldBeNull();
    }

    [Fact]
    public void The_service_that_maps_is_found_and_never_at_another_host()
    {
        IgdService.Parse(Description("/ctl/IPConn"), Where).ShouldBe(new("urn:schemas-upnp-org:service:WANIPConnection:1", new("http://192.168.1.1:5000/ctl/IPConn")));
        IgdService.Parse(Description("http://203.0.113.66/steal"), Where).ShouldBeNull();
        IgdService.Parse("<!DOCTYPE root [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" + Description("&a;"), Where).ShouldBeNull();
        IgdService.Parse("<root>", Where).ShouldBeNull();
    }

    [Fact]
    public void Requests_and_answers_are_SOAP()
    {
        var request = IgdRequest.AddMapping("urn:x:1", 40001, IpAddress.Parse("192.168.1.10"), 40002, 120);
        request.Action.ShouldBe("AddPortMapping");
        request.Body.ShouldContain("<u:AddPortMapping xmlns:u=\"urn:x:1\"><NewRemoteHost></NewRemoteHost><NewExternalPort>40001</NewExternalPort><NewProtocol>UDP</NewProtocol>"
            + "<NewInternalPort>40002</NewInternalPort><NewInternalClient>192.168.1.10</NewInternalClient><NewEnabled>1</NewEnabled>");
        IgdRequest.DeleteMapping("urn:x:1", 40001).Body.ShouldContain("<NewExternalPort>40001</NewExternalPort><NewProtocol>UDP</NewProtocol></u:DeletePortMapping>");

        IgdAnswer.Parse("<e:Envelope xmlns:e=\"e\"><e:Body><NewExternalIPAddress>11.22.33.5</NewExternalIPAddress></e:Body></e:Envelope>").ShouldBe(new(IpAddress.Parse("11.22.33.5"), 0));
        IgdAnswer.Parse("<e:Envelope xmlns:e=\"e\"><errorCode>718</errorCode></e:Envelope>").Error.ShouldBe(718);
        IgdAnswer.Parse("<html/>").Error.ShouldBe(IgdAnswer.Unreadable);
        IgdAnswer.Parse("").Error.ShouldBe(IgdAnswer.Unreadable);
    }

    private static byte[] Answer(string location) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nst: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLocation: {location}\r\n\r\n");

    private static string Description(string control) =>
        $"<root><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType><controlURL>/no</controlURL><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><controlURL>{control}</controlURL></root>";
}
