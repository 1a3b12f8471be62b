using System.Text.Json;
using Postern.Protocol.Switching.Identity;

namespace Postern.Cli.Profiles;

/// <summary>One identity's files: key, name, contacts and reports. Several stand side by side.</summary>
internal sealed class ProfileStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    private readonly string _config;
    private readonly string _state;

    public ProfileStore(string profile)
    {
        if (profile.Length is 0 or > 64 || !profile.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new CliException(ExitCode.Usage, "A profile's name is made of letters, digits, '-' and '_'.");
        }

        ProfileName = profile;
        _config = Path.Combine(XdgFolders.Config, "profiles", profile);
        _state = Path.Combine(XdgFolders.State, "profiles", profile);
    }

    public string ProfileName { get; }

    private string KeyFile => Path.Combine(_config, "identity.pem");

    private string ProfileFile => Path.Combine(_config, "profile.json");

    /// <summary>The name and server that were set by <c>login</c>; null before that.</summary>
    public Profile? Load() => ReadJson(ProfileFile, CliJson.Default.Profile);

    public void Save(Profile profile) => WriteJson(ProfileFile, profile, CliJson.Default.Profile);

    /// <summary>The identity key, made at first use and kept readable for its owner alone.</summary>
    public PeerIdentity Identity()
    {
        if (File.Exists(KeyFile))
        {
            try
            {
                return PeerIdentity.Import(File.ReadAllText(KeyFile));
            }
            catch (FormatException)
            {
                throw new CliException(ExitCode.Failure, $"{KeyFile} holds no usable key; restore it from a copy, or remove it to become somebody new.");
            }
        }

        var identity = PeerIdentity.Create();
        Directory.CreateDirectory(_config, OwnerFolder);
        var beside = $"{KeyFile}.{Environment.ProcessId}";
        using (var file = new StreamWriter(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(identity.Export());
        }

        try
        {
            File.Move(beside, KeyFile, overwrite: false);
            return identity;
        }
        catch (IOException) when (File.Exists(KeyFile))
        {
            File.Delete(beside); // another command was faster: we are who it says
            return Identity();
        }
    }

    /// <summary>Whom we have met at this server: another server has other people under the same names.</summary>
    public FileContactBook Contacts(string server) => new(Path.Combine(_config, "contacts", $"{Uri.EscapeDataString(server)}.json"));

    /// <summary>Keeps the report of the last connection with a peer.</summary>
    public void SaveReport(Sessions.Calls.ConnectReport report) =>
        WriteJson(ReportFile(report.Remote), report, CliJson.Default.ConnectReport);

    public Sessions.Calls.ConnectReport? LoadReport(string peer) => ReadJson(ReportFile(peer), CliJson.Default.ConnectReport);

    private string ReportFile(string peer) => Path.Combine(_state, "reports", $"{Uri.EscapeDataString(peer)}.json");

    private static T? ReadJson<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException)
        {
            throw new CliException(ExitCode.Failure, $"{path} is damaged; mend or remove it.");
        }
    }

    // Written beside and moved over: a crash leaves the old file or the new one, never half of one.
    private static void WriteJson<T>(string path, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerFolder);
        var beside = $"{path}.{Environment.ProcessId}";
        File.WriteAllText(beside, JsonSerializer.Serialize(value, type));
        File.SetUnixFileMode(beside, OwnerOnly);
        File.Move(beside, path, overwrite: true);
    }
}
