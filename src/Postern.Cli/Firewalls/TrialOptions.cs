using System.CommandLine;
using System.Globalization;
using Postern.Cli.Terminal;
using Postern.Firewalls.Formats;

namespace Postern.Cli.Firewalls;

/// <summary>The options of <c>postern rules</c> that change this machine's rules.</summary>
internal sealed class TrialOptions(Argument<string[]> applications)
{
    private readonly Option<bool> _apply = new("--apply") { Description = "Loads the rules here, on trial (nftables only)." };

    private readonly Option<string> _within = new("--confirm-within")
    {
        HelpName = "TIME",
        Description = "With --apply: how long the trial lasts, as 90s or 5m.",
        DefaultValueFactory = _ => string.Create(CultureInfo.InvariantCulture, $"{RuleTrial.DefaultWithin.TotalSeconds}s"),
    };

    private readonly Option<bool> _confirm = new("--confirm") { Description = "Keeps the rules that are on trial here." };

    private readonly Option<bool> _here = new("--here") { Description = "The rules are for this machine: says what of its own firewall would still refuse the flows." };

    public void AddTo(Command command)
    {
        command.Add(_apply);
        command.Add(_within);
        command.Add(_confirm);
        command.Add(_here);
        command.Validators.Add(result =>
        {
            var names = result.GetValue(applications)?.Length ?? 0;
            if (result.GetValue(_confirm) != (names == 0))
            {
                result.AddError(names == 0 ? "Which application? 'postern catalogue' lists them." : "--confirm stands alone: it is about the rules that are on trial.");
            }
        });
    }

    public bool Confirms(ParseResult parsed) => parsed.GetValue(_confirm);

    public static int Confirm(Output output, CancellationToken cancellationToken) => new RuleTrial(output).ConfirmAsync(cancellationToken).GetAwaiter().GetResult();

    public bool IsHere(ParseResult parsed) => parsed.GetValue(_here) || parsed.GetValue(_apply);

    /// <summary>Null without <c>--apply</c>.</summary>
    public TimeSpan? ApplyWithin(ParseResult parsed)
    {
        if (!parsed.GetValue(_apply))
        {
            return null;
        }

        var isNft = parsed.GetValue<string>("--format") == new NftablesFormat().Id;
        return isNft ? Time(parsed.GetRequiredValue(_within)) : throw new CliException(ExitCode.Usage, "--apply is for --format nftables.");
    }

    private static TimeSpan Time(string text)
    {
        var unit = text.EndsWith('m') ? 60 : 1;
        return double.TryParse(text.TrimEnd('s', 'm'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? TimeSpan.FromSeconds(Math.Min(number * unit, 1e6))
            : throw new CliException(ExitCode.Usage, $"'{text}' is no time; write 90s or 5m.");
    }
}
