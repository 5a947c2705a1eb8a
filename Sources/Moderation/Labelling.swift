import Bytes
import C2PA
import Containers
import Labels

/// Which machine-readable labels an installation writes beside Content Credentials.
public struct LabelPolicy: Equatable, Sendable {
  public enum Field: String, CaseIterable, Sendable {
    /// IPTC's digital source type.
    case iptc
    /// China's `AIGC` field.
    case aigc
  }

  public var fields: Set<Field>
  /// Name or code of the service, for `ContentProducer`.
  public var producer: String

  public init(fields: Set<Field> = [.iptc], producer: String = "") {
    self.fields = fields
    self.producer = producer
  }

  /// The labels of one file. `id` names it without saying anything of its maker.
  func labels(sourceType: String, id: String) -> MediaLabels {
    var labels = MediaLabels()
    let term = DigitalSourceTerm(uri: sourceType)
    if fields.contains(.iptc) { labels.sourceType = term }
    if fields.contains(.aigc) {
      labels.aigc = AIGCLabel(contentProducer: producer, produceID: id)
    }
    return labels
  }
}

extension StagedPipeline {
  /// The same pipeline with other labels.
  public func labelling(_ policy: LabelPolicy) -> StagedPipeline {
    var pipeline = self
    pipeline.labels = policy
    return pipeline
  }

  /// Labels and signs `input` into `output` in one reading.
  func signed(
    _ input: String, output: String, labels: MediaLabels, definition: ManifestDefinition,
    options: SigningOptions
  ) async throws -> SignedAsset {
    let signer = signer
    return try await blocking {
      let source = try FileByteSource(path: input)
      let labelled = try LabelWriter.labelled(
        source, format: AssetFormat.detect(in: source), labels: labels)
      let sink = try FileByteSink(path: output)
      let asset = try ManifestSigner.sign(
        labelled.asset, into: sink, definition: definition, signer: signer, options: options)
      try sink.commit()
      return asset
    }
  }

  /// Whether the file at `path` carries `labels` and none that contradict them.
  func carries(_ labels: MediaLabels, _ path: String) async throws -> Bool {
    try await blocking {
      let source = try FileByteSource(path: path)
      let reading = LabelReading(source, format: try AssetFormat.detect(in: source))
      return reading.problems.isEmpty && !reading.isContradictory
        && reading.sourceTypes.first?.term == labels.sourceType
        && reading.validLabel == labels.aigc
    }
  }
}
