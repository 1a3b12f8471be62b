using System.Diagnostics;
using Postern.Benchmarks.Harness;
using Postern.Benchmarks.Ice;
using Postern.Benchmarks.Lab;
using Postern.Benchmarks.Learning;
using Postern.Benchmarks.Prediction;
using Postern.Benchmarks.Relay;
using Postern.Benchmarks.Sessions;
using Postern.Benchmarks.Stun;

const string usage = """
    dotnet run -c Release --project bench/Postern.Benchmarks -- stun | ice | session | relay | router | learn | prediction | all
      stun        parse, check and build one message: CPU time and allocated bytes
      ice         connectivity checks a second
      session     goodput: over loopback, and in virtual time over a path with delay and loss
      relay       packets a second of CPU, beside coturn
      router      packets a second through the laboratory's TUN router, beside the kernel (root)
      learn       MB/s of firewall logs, beside an awk that only splits the fields
      prediction  what a plan costs to make, and packets a success for each pair of boxes
    """;

if (args is [RelayProcess.Command, var port])
{
    await RelayProcess.ServeAsync(ushort.Parse(port)).ConfigureAwait(false);
    return 0;
}

if (args is ["lab", "router", var description])
{
    RouterBench.Serve(description);
    return 0;
}

(string Name, Action Run)[] parts = [("stun", StunBench.Run), ("ice", IceBench.Run), ("session", SessionBench.Run), ("relay", RelayBench.Run), ("router", RouterBench.Run), ("learn", LearnBench.Run), ("prediction", PredictionBench.Run)];
if (args is not [var wanted] || (wanted != "all" && !Array.Exists(parts, part => part.Name == wanted)))
{
    Console.Error.WriteLine(usage);
    return 2;
}

var watch = Stopwatch.StartNew();
Machine.Print();
foreach (var (name, run) in parts)
{
    if (wanted == "all" || wanted == name)
    {
        run();
    }
}

Console.WriteLine($"\n{watch.Elapsed.TotalSeconds:0} s in all; load average afterwards {Machine.Load}.");
return 0;
