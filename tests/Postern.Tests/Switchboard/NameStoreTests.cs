using Microsoft.Data.Sqlite;
using Postern.Server.Storage;

namespace Postern.Tests.Switchboard;

public sealed class NameStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Names_and_secrets_are_there_again_after_a_restart()
    {
        byte[] turn, nonce;
        string server, echo;
        using (var store = NameStore.Open(_folder.Path))
        {
            store.Add(new("bob", "bobs"), DateTimeOffset.UnixEpoch);
            store.Add(new("anna", "annas"), DateTimeOffset.UnixEpoch);
            store.Add(new("anna", "mallorys"), DateTimeOffset.UnixEpoch);
            (turn, nonce, server, echo) = (store.Secrets.Turn, store.Secrets.Nonce, store.Secrets.Server.PublicKey, store.Secrets.Echo.PublicKey);
        }

        using var again = NameStore.Open(_folder.Path);
        again.Names().ShouldBe([new("anna", "annas"), new("bob", "bobs")]);
        again.Secrets.Turn.ShouldBe(turn);
        again.Secrets.Nonce.ShouldBe(nonce);
        turn.Length.ShouldBe(32);
        turn.ShouldNotBe(nonce);
        again.Secrets.Server.PublicKey.ShouldBe(server);
        again.Secrets.Echo.PublicKey.ShouldBe(echo);
        again.Secrets.ToString().ShouldBe("ServerSecrets");
    }

    [Fact]
    public void A_claim_survives_a_process_that_ends_without_closing()
    {
        using var store = NameStore.Open(_folder.Path);
        store.Add(new("anna", "annas"), DateTimeOffset.UnixEpoch);
        using var copy = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        }

        using var after = NameStore.Open(copy.Path);
        after.Names().ShouldBe([new("anna", "annas")]);
    }

    [Fact]
    public void Only_the_owner_can_read_the_files()
    {
        var folder = Path.Combine(_folder.Path, "new", "data");
        using var store = NameStore.Open(folder);
        store.Add(new("anna", "annas"), DateTimeOffset.UnixEpoch);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var files = Directory.GetFiles(folder);
            files.Length.ShouldBe(3);
            foreach (var file in files)
            {
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
            }
        }
    }

    [Fact]
    public void Data_of_a_later_version_is_left_alone()
    {
        NameStore.Open(_folder.Path).Dispose();
        using (var database = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, NameStore.FileName)};Pooling=False"))
        {
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = "PRAGMA user_version = 2";
            command.ExecuteNonQuery();
        }

        Should.Throw<StorageException>(() => NameStore.Open(_folder.Path)).Message.ShouldEndWith("was written by a later version of Postern.");
    }

    [Fact]
    public void A_file_that_is_no_database_and_a_folder_that_is_a_file_are_told_in_one_sentence()
    {
        File.WriteAllText(Path.Combine(_folder.Path, NameStore.FileName), new string('x', 5000));
        Should.Throw<StorageException>(() => NameStore.Open(_folder.Path)).Message.ShouldContain(NameStore.FileName);
        var file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");
        Should.Throw<StorageException>(() => NameStore.Open(file)).Message.ShouldContain(NameStore.FileName);
    }

    public void Dispose() => _folder.Dispose();
}
