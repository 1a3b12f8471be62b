using Postern.Lab.Namespaces.Routing;
using Postern.Lab.Namespaces.Topologies;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>
/// How packets get from a router's cables into our TUN devices and back: what comes by <c>lan</c> goes into <c>inner</c>, what
/// comes by <c>wan</c> for an outer address goes into <c>outer</c>, before the kernel takes the address for its own; what comes
/// out of the devices takes the ordinary routes.
/// </summary>
internal static class TunRouting
{
    private const int OuterTable = 100;
    private const int InnerTable = 101;
    private const string AnyIpv6 = "2000::/3"; // global unicast (RFC 4291 §2.4); neighbours and groups stay the kernel's affair

    // Our own address comes back as the source of what the device sends; and whoever asks for it is answered at once (proxy ARP).
    public static readonly string[] Settings =
    [
        "net.ipv4.conf.all.accept_local=1", $"net.ipv4.conf.{TunRouter.OuterDevice}.accept_local=1", "net.ipv4.conf.wan.proxy_arp=1", "net.ipv4.neigh.wan.proxy_delay=0",
        $"net.ipv6.conf.{TunRouter.InnerDevice}.router_solicitations=0", $"net.ipv6.conf.{TunRouter.OuterDevice}.router_solicitations=0",
    ];

    public static IEnumerable<string> Lines(LabPlan plan, PlannedNetwork network) =>
    [
        .. Device(TunRouter.InnerDevice, network.Up.Mtu), .. Device(TunRouter.OuterDevice, network.Down.Mtu),
        .. Rules(plan, network, isV4: true, "default"),
    ];

    /// <summary>The same for IPv6, after the others.</summary>
    public static IEnumerable<string> Lines6(LabPlan plan, PlannedNetwork network) => Rules(plan, network, isV4: false, AnyIpv6);

    /// <summary>What of a network, and of those inside it, is reached from outside by its own address.</summary>
    public static IEnumerable<IpPrefix> Kept(LabPlan plan, PlannedNetwork network) =>
        [network.Inner6, .. network.IsOpen ? [network.Inner] : Array.Empty<IpPrefix>(), .. Neighbours(plan, network)];

    private static IEnumerable<IpPrefix> Neighbours(LabPlan plan, PlannedNetwork network) =>
        plan.Networks.Where(other => other.Parent == network).SelectMany(other => Kept(plan, other));

    private static string[] Device(string name, int mtu) => [$"tuntap add dev {name} mode tun", $"link set {name} mtu {mtu} txqueuelen 2000 addrgenmode none up"];

    // An outer address of IPv6 stays the kernel's: the box translates none, and neighbours ask for it.
    private static IEnumerable<string> Rules(LabPlan plan, PlannedNetwork network, bool isV4, string everything) =>
    [
        $"route add {everything} dev {TunRouter.InnerDevice} table {InnerTable}", $"route add {everything} dev {TunRouter.OuterDevice} table {OuterTable}",
        $"rule add pref 10 iif lan to {(isV4 ? network.Gateway : network.Gateway6)} lookup local",
        .. Neighbours(plan, network).Where(prefix => prefix.IsV4 == isV4).Select(prefix => $"rule add pref 11 iif lan to {prefix} lookup main"),
        $"rule add pref 20 iif lan lookup {InnerTable}",
        .. isV4 ? network.Outer.Select(address => $"rule add pref 30 iif wan to {address} lookup {OuterTable}") : [],
        .. Kept(plan, network).Where(prefix => prefix.IsV4 == isV4).Select(prefix => $"rule add pref 30 iif wan to {prefix} lookup {OuterTable}"),
        "rule add pref 100 lookup local", "rule del pref 0",
    ];
}
