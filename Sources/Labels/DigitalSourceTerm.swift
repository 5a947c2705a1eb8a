/// How a piece of media came to be: the terms of IPTC's digital source type vocabulary that fit a
/// generator.
public enum DigitalSourceTerm: String, CaseIterable, Sendable {
  /// Wholly made by a trained model.
  case trainedAlgorithmicMedia
  /// Real or mixed media, partly changed by a model.
  case compositeWithTrainedAlgorithmicMedia
  /// Drawn by an algorithm that was not trained on anything.
  case algorithmicMedia

  private static let vocabulary = "http://cv.iptc.org/newscodes/digitalsourcetype/"

  /// The term's identifier. The scheme is `http`, as registered; it is compared, never fetched.
  public var uri: String { Self.vocabulary + rawValue }

  /// The term that `uri` names; writers use `https` and a final slash as well.
  public init?(uri: String) {
    var rest = Substring(uri)
    for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
    }
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    let folder = Self.vocabulary.dropFirst("http://".count)
    guard rest.hasPrefix(folder) else { return nil }
    self.init(rawValue: String(rest.dropFirst(folder.count)))
  }

  /// Whether the term says that a trained model took part.
  public var isModel: Bool { self != .algorithmicMedia }
}
