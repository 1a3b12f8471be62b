using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using Postern.Protocol.Switching.Identity;

namespace Postern.Server.Storage;

/// <summary>
/// Names, keys and the server's secrets in one SQLite file, <c>postern.db</c>, which only its owner may read. A claim is on the
/// disk when <see cref="Add"/> returns. Safe for use by several threads.
/// </summary>
public sealed class NameStore : IDisposable
{
    public const string FileName = "postern.db";

    private const int SchemaVersion = 1;
    private const int SecretBytes = 32;

    private const string Schema = """
        CREATE TABLE names (name TEXT PRIMARY KEY NOT NULL, key TEXT NOT NULL, claimed TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE secrets (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteConnection _database;
    private readonly Lock _gate = new();

    private NameStore(SqliteConnection database)
    {
        _database = database;
        Secrets = new ServerSecrets(
            Secret("turn", () => RandomNumberGenerator.GetBytes(SecretBytes)),
            Secret("nonce", () => RandomNumberGenerator.GetBytes(SecretBytes)),
            Identity("server"),
            Identity("echo"));
    }

    public ServerSecrets Secrets { get; }

    /// <summary>Opens the file in this folder, and makes both where they are missing. Throws <see cref="StorageException"/>.</summary>
    public static NameStore Open(string folder)
    {
        SQLitePCL.Batteries_V2.Init();
        var path = Path.Combine(folder, FileName);
        SqliteConnection? database = null;
        try
        {
            Prepare(folder, path);
            database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            database.Open();
            Migrate(database, path);
            return new NameStore(database);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or FormatException)
        {
            database?.Dispose();
            throw new StorageException($"The data in {path} cannot be used: {e.Message}", e);
        }
        catch (StorageException)
        {
            database?.Dispose();
            throw;
        }
    }

    public IReadOnlyList<StoredName> Names()
    {
        lock (_gate)
        {
            return _database.Query<StoredName>("SELECT name AS Name, key AS Key FROM names ORDER BY name").AsList();
        }
    }

    /// <summary>Keeps a claim; a name that is there already keeps its key.</summary>
    public void Add(StoredName claimed, DateTimeOffset when)
    {
        lock (_gate)
        {
            _database.Execute(
                "INSERT OR IGNORE INTO names (name, key, claimed) VALUES (@Name, @Key, @When)",
                new { claimed.Name, claimed.Key, When = when.UtcDateTime.ToString("O") });
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Secrets.Dispose();
            _database.Dispose();
        }
    }

    // SQLite gives its side files (-wal, -shm) the rights of the file itself.
    private static void Prepare(string folder, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Directory.CreateDirectory(folder, Owner | UnixFileMode.UserExecute);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = Owner });
        File.SetUnixFileMode(file.SafeFileHandle, Owner);
    }

    private static void Migrate(SqliteConnection database, string path)
    {
        database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        using var transaction = database.BeginTransaction();
        var version = database.ExecuteScalar<long>("PRAGMA user_version", transaction: transaction);
        if (version > SchemaVersion)
        {
            throw new StorageException($"The data in {path} was written by a later version of Postern.");
        }

        if (version == 0)
        {
            database.Execute(Schema + $"PRAGMA user_version = {SchemaVersion};", transaction: transaction);
        }

        transaction.Commit();
    }

    private PeerIdentity Identity(string name) => PeerIdentity.Import(System.Text.Encoding.UTF8.GetString(Secret(name, NewIdentity)));

    private byte[] Secret(string name, Func<byte[]> make)
    {
        _database.Execute("INSERT OR IGNORE INTO secrets (name, value) VALUES (@name, @value)", new { name, value = make() });
        return _database.QuerySingle<byte[]>("SELECT value FROM secrets WHERE name = @name", new { name });
    }

    private static byte[] NewIdentity()
    {
        using var identity = PeerIdentity.Create();
        return System.Text.Encoding.UTF8.GetBytes(identity.Export());
    }
}
