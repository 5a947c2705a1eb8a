/// A `self#jumbf=` URI (C2PA 2.5 section 9.4.2.1): a path of labels, absolute (`/c2pa/…`) or
/// relative to the manifest in which it stands.
public struct JUMBFURI: Equatable, Sendable {
  /// Without the leading `c2pa` of an absolute URI.
  public let path: [String]
  public let isAbsolute: Bool

  private static let scheme = "self#jumbf="

  /// Nil unless `text` is a URI of that form without empty or dotted steps.
  public init?(_ text: String) {
    guard text.hasPrefix(Self.scheme) else { return nil }
    var rest = text.dropFirst(Self.scheme.count)
    let isAbsolute = rest.hasPrefix("/")
    if isAbsolute { rest = rest.dropFirst() }
    var steps = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard !steps.isEmpty, !steps.contains(where: { $0.isEmpty || $0 == ".." || $0 == "." }) else {
      return nil
    }
    // Writers of 1.0 left the first slash of absolute URIs out.
    let startsAtStore = steps.first == ManifestLabel.store && steps.count > 1
    guard startsAtStore || !isAbsolute else { return nil }
    if startsAtStore { steps.removeFirst() }
    path = steps
    self.isAbsolute = startsAtStore
  }

  /// The label of the manifest that the URI leads into, seen from the manifest `current`.
  public func manifestLabel(from current: String) -> String? { isAbsolute ? path.first : current }

  /// The labels below the manifest.
  public var pathInManifest: [String] { isAbsolute ? Array(path.dropFirst()) : path }

  /// The absolute spelling, seen from the manifest `current`.
  public func absolute(from current: String) -> String {
    "\(Self.scheme)/c2pa/" + (isAbsolute ? path : [current] + path).joined(separator: "/")
  }

  public static func manifest(_ label: String) -> String { "\(scheme)/c2pa/\(label)" }

  public static func assertion(_ label: String, in manifest: String) -> String {
    "\(scheme)/c2pa/\(manifest)/\(ManifestLabel.assertionStore)/\(label)"
  }

  public static func signature(in manifest: String) -> String {
    "\(scheme)/c2pa/\(manifest)/\(ManifestLabel.signature)"
  }

  /// Relative to the manifest that holds the assertion, as claims list them.
  public static func relativeAssertion(_ label: String) -> String {
    "\(scheme)\(ManifestLabel.assertionStore)/\(label)"
  }
}
