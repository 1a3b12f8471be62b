using System.Text.Json;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Packets;
using Postern.Protocol.Nat;

namespace Postern.Lab.Boxes.Descriptions;

/// <summary>Reads and writes descriptions.</summary>
public static class BoxDescriptionJson
{
    private static readonly JsonSerializerOptions Options = DescriptionJson.Options(
        new KebabEnumConverter<ClashRule>(), new KebabEnumConverter<Pooling>(), new KebabEnumConverter<EarlyInbound>(),
        new KebabEnumConverter<RefusalAnswer>(), new KebabEnumConverter<Refreshing>(), new KebabEnumConverter<TableFullRule>(),
        new KebabEnumConverter<NatDependence>(), new KebabEnumConverter<NatHairpin>(), new KebabEnumConverter<PortRuleKind>(),
        new KebabEnumConverter<GuardModel>(), new KebabEnumConverter<GuardSide>(), new KebabEnumConverter<GuardAction>(),
        new KebabEnumConverter<Transport>());

    public static string Write(BoxDescription description) => JsonSerializer.Serialize(description, Options);

    /// <summary>The same as <see cref="Write"/>, for a place in other JSON.</summary>
    public static JsonElement Element(BoxDescription description) => JsonSerializer.SerializeToElement(description, Options);

    /// <summary>Null with one sentence of what is wrong, or the description with an empty one. The boxes that it names are those of the catalogue.</summary>
    public static BoxDescription? Read(string json, out string error) => Read(json, BoxCatalogue.All, out error);

    /// <param name="json">A description.</param>
    /// <param name="known">The boxes that it may name; null where these are still to be read.</param>
    /// <param name="error">One sentence, or empty.</param>
    internal static BoxDescription? Read(string json, IReadOnlyDictionary<string, BoxDescription>? known, out string error)
    {
        try
        {
            var description = JsonSerializer.Deserialize<BoxDescription>(json, Options);
            error = description is null ? "The description is empty." : BoxDescriptionCheck.Of(description, known) ?? "";
            return error.Length == 0 ? description : null;
        }
        catch (JsonException e)
        {
            var fault = JsonFault.Of(e, "catalogue/nats.schema.json");
            error = $"{char.ToUpperInvariant(fault[0])}{fault[1..]}";
            return null;
        }
    }
}
