using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Postern.Protocol.Tests")]
