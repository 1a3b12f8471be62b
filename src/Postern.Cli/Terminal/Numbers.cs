using System.CommandLine.Parsing;
using System.Globalization;

namespace Postern.Cli.Terminal;

/// <summary>Numbers on the command line, and the sentence for what is none.</summary>
internal static class Numbers
{
    public static int Whole(ArgumentResult given, int least, int most, string rule) =>
        int.TryParse(given.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : Refuse<int>(given, rule);

    public static double Any(ArgumentResult given, double least, double most, string rule) =>
        double.TryParse(given.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : Refuse<double>(given, rule);

    private static T Refuse<T>(ArgumentResult given, string rule)
        where T : struct
    {
        given.AddError(rule);
        return default;
    }
}
