namespace Postern.Lab.Schedules.Frp;

/// <summary>One way of a mode: what either side does.</summary>
internal sealed record FrpVariant(FrpMove One, FrpMove Other)
{
    private const int Guesses = 1000;
    private const int Fan = 256;
    private const int Near = 10;
    private const int VeryNear = 2;

    private static readonly byte[] Lives = [7, 4, 0]; // the receiver's opener: it is to pass the own box and no other
    private static readonly FrpMove Sender = new() { Role = FrpRole.Sender };
    private static readonly FrpMove Receiver = new() { Role = FrpRole.Receiver };
    private static readonly TimeSpan BeforeGuessing = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BeforeRange = TimeSpan.FromSeconds(2);

    private static readonly FrpVariant[][] Modes = [Plain(), Regular(), Random(), BothRegular(), OneRegular()];

    public static IReadOnlyList<FrpVariant> Of(int mode) => Modes[mode];

    /// <summary>Mode 0: both mappings stay.</summary>
    private static FrpVariant[] Plain() =>
    [
        .. Lives.SelectMany(life => new FrpVariant[] { new(Sender, Receiver with { TimeToLive = life }), new(Receiver with { TimeToLive = life }, Sender) }),
        new(Sender with { Delay = TimeSpan.FromSeconds(5) }, Receiver),
        new(Sender with { Delay = TimeSpan.FromSeconds(10) }, Receiver),
        new(Receiver, Sender with { Delay = TimeSpan.FromSeconds(5) }),
        new(Receiver, Sender with { Delay = TimeSpan.FromSeconds(10) }),
    ];

    /// <summary>Mode 1: the hard side's ports move a little; it sends, the easy side opens a range.</summary>
    private static FrpVariant[] Regular() =>
    [
        .. Lives.SelectMany(life => new[] { TimeSpan.Zero, BeforeRange }.Select(delay =>
            new FrpVariant(Sender with { Delay = delay }, Receiver with { TimeToLive = life, Range = Near }))),
    ];

    /// <summary>Mode 2: the hard side's ports are random; it listens on many sockets, the easy side guesses.</summary>
    private static FrpVariant[] Random() =>
        [.. Lives.Select(life => new FrpVariant(Sender with { RandomPorts = Guesses, Delay = BeforeGuessing }, Receiver with { Listens = Fan, TimeToLive = life }))];

    /// <summary>Mode 3: both sides' ports move a little.</summary>
    private static FrpVariant[] BothRegular() =>
    [
        .. Lives.Select(life => new FrpVariant(Sender with { Range = Near }, Receiver with { TimeToLive = life, Range = Near })),
        .. Lives.Select(life => new FrpVariant(Receiver with { TimeToLive = life, Range = Near }, Sender with { Range = Near })),
    ];

    /// <summary>Mode 4: one side's ports move a little, it guesses; the other listens on many sockets.</summary>
    private static FrpVariant[] OneRegular() =>
    [
        .. Lives.Select(life => new FrpVariant(
            Sender with { RandomPorts = Guesses, Delay = BeforeGuessing }, Receiver with { Listens = Fan, TimeToLive = life, Range = VeryNear })),
    ];
}
