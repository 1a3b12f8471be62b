namespace Postern.Sessions.Sctp;

/// <summary>What is remembered of each of up to 65,536 streams, in pages, so that one high number costs one page.</summary>
internal sealed class StreamTable<T>
    where T : class, new()
{
    private const int PageSize = 256;

    private readonly T?[]?[] _pages = new T?[PageSize][];

    public T this[ushort stream]
    {
        get
        {
            var page = _pages[stream / PageSize] ??= new T?[PageSize];
            return page[stream % PageSize] ??= new();
        }
    }

    public T? Find(ushort stream) => _pages[stream / PageSize]?[stream % PageSize];

    /// <summary>The numbers of all streams that were ever touched.</summary>
    public IEnumerable<ushort> Touched()
    {
        for (var i = 0; i < PageSize * PageSize; i++)
        {
            if (Find((ushort)i) is not null)
            {
                yield return (ushort)i;
            }
        }
    }
}
