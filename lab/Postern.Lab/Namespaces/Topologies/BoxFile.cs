using Postern.Lab.Boxes.Descriptions;

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>A box by what a person writes for it.</summary>
public static class BoxFile
{
    /// <summary>One that ships, by its id, or one's own, by the path of its file; null with one sentence of what is wrong.</summary>
    /// <param name="name">An id or a path.</param>
    /// <param name="folder">Where a path begins; null where no file is meant.</param>
    /// <param name="error">Empty where there is a box.</param>
    public static BoxDescription? Find(string name, string? folder, out string error)
    {
        error = "";
        var file = folder is null ? null : Path.Combine(folder, name);
        if (BoxCatalogue.All.TryGetValue(name, out var shipped))
        {
            return shipped;
        }

        if (!File.Exists(file))
        {
            error = $"No box is called '{name}'{(file is null ? "" : ", and there is no such file")}; the boxes are {string.Join(", ", BoxCatalogue.All.Keys)}.";
            return null;
        }

        var own = BoxDescriptionJson.Read(File.ReadAllText(file), out var fault);
        error = own is null ? $"{name}: {fault}" : "";
        return own;
    }
}
