using System.Runtime.ExceptionServices;

namespace Postern.Net.Tests.Networks;

/// <summary>A computer: one network namespace.</summary>
public class Host
{
    private readonly Network _network;
    private int _tables;

    private string HomeFolder => Path.Combine(_network.Folder, Name);

    internal Host(Network network, string name)
    {
        _network = network;
        Name = name;
    }

    /// <summary>The namespace's name, as in <c>ip netns exec NAME</c>.</summary>
    public string Name { get; }

    /// <summary>Its IPv4 address towards the internet.</summary>
    public string Address { get; internal set; } = "";

    /// <summary>Its IPv6 address towards the internet; empty where the network has no IPv6.</summary>
    public string Address6 { get; internal set; } = "";

    /// <summary>The second public IPv4 address, which only the server has.</summary>
    public string SecondAddress { get; internal set; } = "";

    /// <summary>Starts a program; it is killed when the network goes, if not before.</summary>
    public Background Start(string program, params string[] arguments) => Start(program, arguments, null);

    public Background Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment) =>
        _network.Keep(new Background("ip", ["netns", "exec", Name, program, .. arguments], environment));

    /// <summary>Runs a program to its end, without input.</summary>
    public Outcome Run(string program, params string[] arguments) => Run(program, arguments, null);

    public Outcome Run(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, double seconds = 20)
    {
        using var process = new Background("ip", ["netns", "exec", Name, program, .. arguments], environment);
        process.CloseInput();
        return process.WaitForExit(seconds);
    }

    /// <summary>Starts <c>./postern</c> with a home of this host's own.</summary>
    public Background StartPostern(params string[] arguments) => Start(PosternProgram.Path, arguments, PosternProgram.HomeIn(HomeFolder));

    /// <summary>Runs <c>./postern</c> to its end with a home of this host's own.</summary>
    public Outcome RunPostern(params string[] arguments) => Run(PosternProgram.Path, arguments, PosternProgram.HomeIn(HomeFolder));

    /// <summary>Runs a tool that sets the network up and must succeed, and answers what it printed.</summary>
    public string Check(string program, params string[] arguments) => Shell.Run("ip", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>
    /// Runs code on a thread inside the namespace. Sockets that it opens belong to this host for ever, on whatever thread they
    /// are used; it must finish on its own thread (no <c>await</c>).
    /// </summary>
    public T Inside<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? trouble = null;
        var thread = new Thread(() =>
        {
            try
            {
                Libc.EnterNamespace(Name);
                result = work();
            }
            catch (Exception e)
            {
                trouble = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        trouble?.Throw();
        return result;
    }

    /// <summary>Captures what passes all interfaces from now on.</summary>
    public Capture StartCapture() => new(this, _network.Folder);

    /// <summary>Counts UDP packets that arrive here with this source and destination (addresses or prefixes, IPv4 or IPv6).</summary>
    public Counter CountUdp(string from, string to)
    {
        var family = from.Contains(':') ? "ip6" : "ip";
        return new(this, NextTable("count"), $"{family} saddr {from} {family} daddr {to} meta l4proto udp");
    }

    /// <summary>Sets a value under /proc/sys of this namespace; the name has dots or slashes.</summary>
    public void SetSysctl(string name, int value) => Check("sysctl", "-q", "-w", $"{name}={value}");

    /// <summary>Forgets every connection and mapping, as a router does when it restarts.</summary>
    public void FlushConntrack() => Check("conntrack", "-F");

    internal void ApplyRules(string rules) => Shell.Run("ip", ["netns", "exec", Name, "nft", "-f", "-"], rules);

    internal string NextTable(string kind) => $"{kind}{Interlocked.Increment(ref _tables)}";
}
