/// What an operator may say of a core's clips: the terms of IPTC's digital source type vocabulary that
/// fit a generator. `/v1/videos` has no field for it, so the configuration says it.
public enum DigitalSourceTerm: String, CaseIterable, Sendable {
  /// Wholly made by a trained model.
  case trainedAlgorithmicMedia
  /// Real or mixed media, partly changed by a model.
  case compositeWithTrainedAlgorithmicMedia
  /// Drawn by an algorithm that was not trained on anything.
  case algorithmicMedia

  var uri: String { "http://cv.iptc.org/newscodes/digitalsourcetype/\(rawValue)" }

  /// Whether a disclosure of the model belongs into the manifest (C2PA `c2pa.ai-disclosure`).
  var isModel: Bool { self != .algorithmicMedia }
}
