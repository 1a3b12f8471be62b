namespace Postern.Lab.Namespaces.Routing;

/// <summary>The two sides of a router.</summary>
public enum RouterSide : byte
{
    Inner,
    Outer,
}
