using Postern.Protocol.Reasons;

namespace Postern.Protocol.Nat;

/// <summary>The reasons of forecasts, which may be probable only.</summary>
internal static class ForecastReasons
{
    public static ForecastReason Of(string id, bool isProbable = false)
    {
        var sentence = ReasonCatalogue.Of(id).Sentence;
        return new(id, isProbable ? $"Probably, since not everything could be measured: {sentence}" : sentence);
    }
}
