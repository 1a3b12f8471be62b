using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Postern.Sessions.Dtls;

namespace Postern.Net.Tests.Dtls;

/// <summary>An <c>openssl</c> that runs beside us, in a folder of its own with a certificate of its own making.</summary>
public sealed class OpensslProcess : IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postern-openssl-");
    private Process? _process;

    public OpensslProcess()
    {
        Run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=openssl").WaitForExit(20_000).ShouldBeTrue();
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_folder.FullName, "cert.pem"));
        Fingerprint = Fingerprint.OfCertificate(certificate.RawData);
    }

    public Fingerprint Fingerprint { get; }

    /// <summary>What it has said so far, on both of its outputs.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public void Start(string arguments)
    {
        _process = Run(arguments + " -cert cert.pem -key key.pem");
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public void Say(string line)
    {
        _process!.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public void Dispose()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(5_000);
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private Process Run(string arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        WorkingDirectory = _folder.FullName,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
