public import Bytes
public import Containers
public import PKI

/// Why nothing was signed. Nothing is left on disk when one is thrown.
public enum SigningError: Error, Equatable, Sendable, CustomStringConvertible {
  case file(FileError)
  case container(ContainerError)
  /// Key or certificates cannot sign claims.
  case credential(String)
  case key(PKIError)
  /// The manifest that was asked for is not legal, or refers to something it does not have.
  case definition(String)
  /// The signer itself failed.
  case signer(String)
  /// No time stamp could be had, and one was required.
  case timeStamp(String)
  /// What was written does not verify.
  case unverified(String)

  /// Stable, for logs and tests.
  public var code: String {
    switch self {
    case .file: "signing.file"
    case .container(let error): "signing.\(error.code)"
    case .credential: "signing.credential"
    case .key(let error): "signing.\(error.code.rawValue)"
    case .definition: "signing.definition"
    case .signer: "signing.signer"
    case .timeStamp: "signing.time_stamp"
    case .unverified: "signing.unverified"
    }
  }

  public var description: String {
    switch self {
    case .file(let error): error.description
    case .container(let error): "cannot sign: \(error)"
    case .credential(let why): "this credential cannot sign: \(why)"
    case .key(let error): "this credential cannot sign: \(error)"
    case .definition(let why): "the manifest cannot be made: \(why)"
    case .signer(let why): "signing failed: \(why)"
    case .timeStamp(let why): "no time stamp could be had, so nothing was signed: \(why)"
    case .unverified(let why): "what was signed did not verify and was thrown away: \(why)"
    }
  }
}
