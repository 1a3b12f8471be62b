namespace Postern.Protocol.Reasons;

/// <summary>What a network refuses, hides or has had enough of.</summary>
internal static class NetworkReasons
{
    public static readonly Reason[] All =
    [
        new("udp-blocked-here", "UDP does not get out of this side's network.", Remedies.AllowUdp, Remedies.AllowRelay, Remedies.LeaveToHttps),
        new("udp-blocked-there", "UDP does not get out of the other side's network.", Remedies.AllowUdp, Remedies.AllowRelay, Remedies.LeaveToHttps),
        new(
            "udp-limited-here",
            "A firewall lets this side's UDP out to named hosts only.",
            Remedies.AllowUdp,
            "where that is meant so, leave it: the relay carries the call"),
        new(
            "udp-limited-there",
            "A firewall lets the other side's UDP out to named hosts only.",
            Remedies.AllowUdp,
            "where that is meant so, leave it: the relay carries the call"),
        new("udp-blocked", "{whose} network lets no UDP out.", Remedies.AllowUdp, Remedies.AllowRelay, Remedies.LeaveToHttps),
        new(
            "udp-limited",
            "{whose} firewall lets UDP out to named hosts only.",
            Remedies.AllowUdp,
            "where that is meant so, leave it: the relay carries the call"),
        new(
            "nat-unmeasured",
            "Not enough is known of {whose} router.",
            "run 'postern check' on that side: it shows the NAT's kind, and whose rule stops what",
            "call again: the measurement takes a few seconds, and is kept"),
        new(
            "scan-guard",
            "{whose} firewall seems to treat this as a port scan: what is new stalls, what was open lives, and nothing new is opened for a while.",
            "put Postern's own rules before the guard: 'postern rules postern --at router --for client=192.168.1.10 --format nftables' writes them for nftables",
            "except this computer in the guard itself: a rule before '-m psd' for xt_psd, a whitelist for CrowdSec",
            "ask for less: '--probe quiet'"),
        new(
            "new-flows-stall",
            "{whose} router has no port left, or a firewall beside it treats this as a port scan: what is new stalls, what was open lives.",
            "ask for less: '--probe polite' opens no more sockets than the smallest block of a carrier has room for",
            "put Postern's own rules before a guard: 'postern rules postern --at router --for client=192.168.1.10 --format nftables' writes them for nftables",
            "wait for two minutes: by then routers have forgotten what was not used"),
        new(
            "direct-prohibited",
            "{whose} firewall refuses direct connections (administratively prohibited).",
            "ask whoever keeps it to let this computer send UDP to ports from 1024 on: 'postern rules postern --for client=self' writes the rules",
            "where that is meant so, leave it: the relay carries the call"),
        new(
            "port-kept-clear",
            "{whose} side is at a port that means something else to others: nothing is sent there before something has come from there.",
            "call again: routers and systems draw another port for each call",
            "where a program takes one fixed port, choose one from 1024 on that is no known service's: 'postern why NAME' names the port",
            Remedies.KeepPorts),
        new(
            "budget-spent",
            "The probe budget of {whose} network is spent, so that new ports have to wait.",
            "call again later: each new port counts for five minutes, under '--probe quiet' for an hour",
            Remedies.ProbeMore,
            "see with 'postern why NAME' what it was spent on"),
    ];
}
