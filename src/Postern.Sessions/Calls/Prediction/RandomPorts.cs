using System.Buffers.Binary;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Different ports of a range in random order, without those that are nobody's to guess.</summary>
internal static class RandomPorts
{
    public static IReadOnlyList<int> Of(int first, int size, int count, IRandom random) => Of(first, size, new HashSet<int>(), count, random);

    public static IReadOnlyList<int> Of(int first, int size, IReadOnlySet<int> without, int count, IRandom random)
    {
        var ports = Enumerable.Range(first, size).Where(port => !UnwelcomePorts.Contains(port) && !without.Contains(port)).ToArray();
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        var taken = Math.Min(count, ports.Length);
        for (var i = 0; i < taken; i++)
        {
            random.Fill(bytes);
            var other = i + (int)(BinaryPrimitives.ReadUInt32LittleEndian(bytes) % (uint)(ports.Length - i));
            (ports[i], ports[other]) = (ports[other], ports[i]);
        }

        return ports[..taken];
    }
}
