namespace Postern.Protocol.Nat;

/// <summary>Whether two sides share a network, as far as is known beside their reports.</summary>
public enum NetworkRelation : byte
{
    /// <summary>To be told from their outer addresses.</summary>
    Unknown,

    /// <summary>They share nothing.</summary>
    Apart,

    /// <summary>One network: they reach each other without leaving it.</summary>
    SameNetwork,

    /// <summary>Networks of their own behind one outermost NAT, such as two homes of one carrier.</summary>
    SameNat,
}
