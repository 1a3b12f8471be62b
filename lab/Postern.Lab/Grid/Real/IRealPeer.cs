namespace Postern.Lab.Grid.Real;

/// <summary>A program that meets itself behind two boxes.</summary>
internal interface IRealPeer
{
    /// <summary>What <c>--peer</c> calls it.</summary>
    string Name { get; }

    /// <summary>Throws <see cref="Foreign.MissingProgramException"/> where this machine does not have it, or what it needs behind these boxes.</summary>
    /// <param name="boxes">By their ids in the catalogue.</param>
    void Require(IEnumerable<string> boxes);

    /// <summary>How the page presents it.</summary>
    GridPeer Describe();

    /// <summary>Lets two of it meet; what goes wrong is in the result, or a <see cref="Namespaces.LabException"/>.</summary>
    GridMeeting Meet(RealNetwork network);
}
