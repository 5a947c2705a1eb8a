import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL

/// How bytes come and go: HTTP/1.1, over TLS where a certificate is configured, with limits on what a
/// connection may cost.
extension GatewayServer {
  /// Clients send a dozen header fields; browsers with cookies stay far below.
  static let maximumHeaderBytes = 32 << 10
  static let maximumHeaderFields = 100

  static func transport(
    _ configuration: GatewayConfiguration
  ) throws(StartupError) -> HTTPServerBuilder {
    let http = HTTPServerBuilder.http1(
      configuration: .init(
        idleTimeout: .seconds(Int64(configuration.idleSeconds)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: maximumHeaderBytes, maxHeaderListSize: maximumHeaderBytes,
          maxHeaderFieldCount: maximumHeaderFields)))
    switch (configuration.tlsCertificate, configuration.tlsKey) {
    case (nil, nil): return http
    case (let certificate?, let key?):
      do {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate)
        let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        return try .tls(
          http,
          tlsConfiguration: .makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey)))
      } catch {
        throw StartupError(
          .cannotRead,
          "TLS cannot be set up with \(certificate) and \(key): \(error). Both are PEM files; the "
            + "certificate's comes with its chain.")
      }
    default:
      throw StartupError(
        .usage, "TLS needs both ASSAY_TLS_CERTIFICATE and ASSAY_TLS_KEY; only one is set.")
    }
  }
}
