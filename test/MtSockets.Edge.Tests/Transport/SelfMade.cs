using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MtSockets.Edge.Tests.Transport;

/// <summary>A certificate that nobody vouches for.</summary>
internal static class SelfMade
{
    public static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
