using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>A laboratory that <c>./postern lab up</c> builds for a test, and takes down after it.</summary>
internal sealed class LabRun : IDisposable
{
    private static int _labs;

    private readonly List<Background> _processes = [];

    public LabRun(params string[] arguments)
    {
        RemoveOfTheDead();
        Name = $"t{Environment.ProcessId}-{Interlocked.Increment(ref _labs)}";
        var outcome = Shell.Try(PosternProgram.Path, ["lab", "up", .. arguments, "--name", Name], seconds: 60);
        outcome.Succeeded.ShouldBeTrue(outcome.Errors);
        Said = outcome.Output;
    }

    /// <summary>What <c>lab up</c> said.</summary>
    public string Said { get; }

    public string Name { get; }

    public string Folder => LabNames.Folder(Name);

    /// <summary>Skips the test where there are no namespaces, or no TUN devices; with CI=true that is a failure.</summary>
    public static void Require()
    {
        Leftovers.RequireNamespaces();
        if (!File.Exists("/dev/net/tun"))
        {
            const string Sentence = "There is no /dev/net/tun here.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", Sentence);
            Assert.Fail(Sentence);
        }
    }

    /// <summary>Runs a program in a host to its end.</summary>
    public Outcome Run(string host, params string[] command) => Shell.Try(PosternProgram.Path, ["lab", "run", "--lab", Name, host, "--", .. command]);

    public Background Start(params string[] arguments)
    {
        var process = new Background(PosternProgram.Path, arguments);
        _processes.Add(process);
        return process;
    }

    public string Namespace(string host) => LabNames.Namespace(Name, host);

    /// <summary>Starts a program in a host's network at once, without the detour over <c>postern lab run</c>, with this folder as its home.</summary>
    public Background StartInside(string host, params string[] command)
    {
        var process = new Background("ip", ["netns", "exec", Namespace(host), .. command], PosternProgram.HomeIn(HomeOf(host)));
        lock (_processes)
        {
            _processes.Add(process);
        }

        return process;
    }

    /// <summary>The home of programs that <see cref="StartInside"/> starts.</summary>
    public string HomeOf(string host) => Path.Combine(Folder, $"home-{host}");

    public Background Trace(string member, params string[] options)
    {
        var trace = Start(["lab", "trace", "--lab", Name, member, .. options]);
        trace.WaitFor("Ctrl-C ends it");
        return trace;
    }

    /// <summary>A UDP socket of a host, for ever.</summary>
    public Socket Udp(string host, int port, bool isIpv6 = false, string? address = null) => Inside(host, () =>
    {
        var socket = new Socket(isIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 3000 };
        socket.Bind(new IPEndPoint(address is not null ? IPAddress.Parse(address) : isIpv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
        return socket;
    });

    public Socket Tcp(string host, int port, bool listens) => Inside(host, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 3000 };
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        if (listens)
        {
            socket.Listen();
        }

        return socket;
    });

    public static void Send(Socket socket, string address, int port, string text) =>
        socket.SendTo(Encoding.UTF8.GetBytes(text), new IPEndPoint(IPAddress.Parse(address), port));

    /// <summary>The next datagram, or nothing within the time.</summary>
    public static (string Address, int Port, string Text) Receive(Socket socket, int milliseconds = 3000)
    {
        if (!socket.Poll(TimeSpan.FromMilliseconds(milliseconds), SelectMode.SelectRead))
        {
            return ("", 0, "");
        }

        var buffer = new byte[65536];
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = socket.ReceiveFrom(buffer, ref from);
        return (((IPEndPoint)from).Address.ToString(), ((IPEndPoint)from).Port, Encoding.UTF8.GetString(buffer, 0, length));
    }

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        LabNetworks.Down(Name);
    }

    /// <summary>Runs code in the network of a host; sockets that it opens stay there.</summary>
    public T Inside<T>(string host, Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? trouble = null;
        var thread = new Thread(() =>
        {
            try
            {
                HostProgram.Enter(Name, host);
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

    private static void RemoveOfTheDead()
    {
        foreach (var name in LabNetworks.List())
        {
            if (name[0] == 't' && int.TryParse(name[1..].Split('-')[0], out var owner) && !Directory.Exists($"/proc/{owner}"))
            {
                LabNetworks.Down(name);
            }
        }
    }
}
