public import Bytes
import CBOR
import Containers
import JUMBF

/// One `c2pa.ingredient.v3` (C2PA 2.5 section 16.5): something the asset was made from.
public struct IngredientDefinition: Equatable, Sendable {
  /// The bytes of an ingredient, or where they are.
  public enum Data: Equatable, Sendable {
    /// Stored in the manifest as `c2pa.embedded-data`: a prompt, a small picture.
    case embedded(mediaType: String, bytes: [UInt8])
    /// Elsewhere, under its SHA-256.
    case external(url: String, sha256: [UInt8])
  }

  /// The manifest store that came with an ingredient, and what was found when it was checked.
  public struct Manifest: Equatable, Sendable {
    /// Whole JUMBF store, byte by byte as found; its last manifest is the ingredient's.
    public let store: [UInt8]
    /// Every finding of a full verification of the ingredient.
    public let findings: [Finding]
    /// What was found about manifests further down, and is not what was recorded when they were
    /// taken in, by the URI of the ingredient assertion that recorded it.
    public let deltas: [Delta]

    public struct Delta: Equatable, Sendable {
      public let assertionURI: String
      public let findings: [Finding]
    }

    public init(store: [UInt8], findings: [Finding], deltas: [Delta] = []) {
      self.store = store
      self.findings = findings
      self.deltas = deltas
    }
  }

  /// Name by which actions of the same definition refer to it.
  public var id: String
  public var relationship: Ingredient.Relationship
  public var title: String?
  /// IANA media type.
  public var format: String?
  public var instanceID: String?
  public var description: String?
  /// Only for ingredients without a manifest.
  public var digitalSourceType: String?
  /// `c2pa.types.generator.prompt`, `c2pa.types.model` …
  public var dataTypes: [String]
  public var data: Data?
  public var manifest: Manifest?
  /// A small picture of it.
  public var thumbnail: Thumbnail?

  /// An encoded picture, as it will be stored.
  public struct Thumbnail: Equatable, Sendable {
    public let mediaType: String
    public let bytes: [UInt8]

    public init(mediaType: String, bytes: [UInt8]) {
      self.mediaType = mediaType
      self.bytes = bytes
    }
  }

  public init(
    id: String, relationship: Ingredient.Relationship, title: String? = nil,
    format: String? = nil, instanceID: String? = nil, description: String? = nil,
    digitalSourceType: String? = nil, dataTypes: [String] = [], data: Data? = nil,
    manifest: Manifest? = nil, thumbnail: Thumbnail? = nil
  ) {
    self.id = id
    self.relationship = relationship
    self.title = title
    self.format = format
    self.instanceID = instanceID
    self.description = description
    self.digitalSourceType = digitalSourceType
    self.dataTypes = dataTypes
    self.data = data
    self.manifest = manifest
    self.thumbnail = thumbnail
  }
}

extension IngredientDefinition.Manifest {
  /// Takes over the manifest store of `asset` after a full verification, as C2PA 2.5 section
  /// 16.5 asks; what was found goes into the ingredient whatever it says. Nil for a file without
  /// a store that can be read.
  public static func read(
    from asset: any ByteSource, verifier: Verifier
  ) throws(SigningError) -> (manifest: Self, report: VerificationReport)? {
    let found: EmbeddedStore?
    do throws(ContainerError) {
      found = try EmbeddedStore.locate(in: asset, format: AssetFormat.detect(in: asset))
    } catch {
      if case .io(let failure) = error { throw .file(failure) }
      return nil
    }
    guard let found else { return nil }
    // An update store adds its manifests behind those of the original.
    var contents: [UInt8] = []
    for part in found.parts {
      guard let root = try? JUMBFSuperbox.parse(part.bytes) else { return nil }
      for box in root.superboxes { contents += part.bytes[box.range] }
    }
    let store =
      found.parts.count == 1
      ? found.bytes
      : JUMBFBuilder.superbox(.manifestStore, label: ManifestLabel.store, contents: contents)
    let report = verifier.verify(asset)
    return (
      Self(
        store: store, findings: report.findings + report.ingredientFindings,
        deltas: deltas(in: report)), report
    )
  }

  private static func deltas(in report: VerificationReport) -> [Delta] {
    let known = Dictionary(report.manifests.map { ($0.label, $0) }) { first, _ in first }
    var deltas: [Delta] = []
    for manifest in report.manifests {
      for ingredient in manifest.ingredients {
        guard let target = ingredient.manifest.flatMap({ known[$0] }),
          let assertion = manifest.assertions.first(where: { $0.label == ingredient.label }),
          let value = assertion.cbor,
          let version = AssertionType.ingredientVersion(assertion.type)
        else { continue }
        let recorded = Set(
          Ingredient(value, version: version).recorded.map { status in
            let uri = status.url.flatMap { JUMBFURI($0)?.absolute(from: target.label) }
            return Ingredient.RecordedStatus(code: status.code, url: uri)
          })
        let news = target.findings.filter {
          !recorded.contains(.init(code: $0.code.rawValue, url: $0.uri))
        }
        guard !news.isEmpty else { continue }
        deltas.append(
          Delta(
            assertionURI: JUMBFURI.assertion(ingredient.label, in: manifest.label),
            findings: news))
      }
    }
    return deltas
  }

  /// `validation-results-map` of the findings about the manifest that was labelled `old` where they
  /// were made, and is labelled `new` now.
  func validationResults(for old: String, as new: String) -> CBORValue {
    let prefix = JUMBFURI.manifest(old)
    func moved(_ uri: String) -> String {
      guard uri == prefix || uri.hasPrefix(prefix + "/") else { return uri }
      return JUMBFURI.manifest(new) + uri.dropFirst(prefix.count)
    }
    func statuses(_ findings: [Finding], _ kind: StatusCode.Kind) -> CBORValue {
      .array(
        findings.filter { $0.kind == kind }.map { finding in
          var pairs: [CBORValue.Pair] = [.init("code", .text(finding.code.rawValue))]
          if !finding.uri.isEmpty { pairs.append(.init("url", .text(moved(finding.uri)))) }
          pairs.append(.init("explanation", .text(finding.explanation)))
          return .map(pairs)
        })
    }
    func map(_ findings: [Finding]) -> CBORValue {
      [
        "success": statuses(findings, .success),
        "informational": statuses(findings, .informational),
        "failure": statuses(findings, .failure),
      ]
    }
    var own = findings.filter {
      $0.uri.isEmpty || $0.uri == prefix || $0.uri.hasPrefix(prefix + "/")
    }
    if old != new, namesSignatureByLabel {
      own.append(
        Finding(
          .claimSignatureMissing, at: JUMBFURI.signature(in: old),
          "The manifest was given a new label when it was taken in, and its claim still names the "
            + "signature by the old one."))
    }
    guard !deltas.isEmpty else { return ["activeManifest": map(own)] }
    return [
      "activeManifest": map(own),
      "ingredientDeltas": .array(
        deltas.map {
          [
            "ingredientAssertionURI": .text(moved($0.assertionURI)),
            "validationDeltas": map($0.findings),
          ]
        }),
    ]
  }

  /// Whether the active claim names its signature by an absolute URI (C2PA 2.5 section 10.2.2),
  /// which a new label leads astray: the claim cannot be rewritten, it is what was signed.
  private var namesSignatureByLabel: Bool {
    guard let manifest = try? JUMBFSuperbox.parse(store).superboxes.last,
      let range = manifest.superboxes.first(where: { $0.type == .claim })?.payload(.cbor),
      let claim = try? CBORValue.decode(Array(store[range])),
      let uri = claim["signature"]?.text.flatMap({ JUMBFURI($0) })
    else { return false }
    return uri.isAbsolute
  }

  /// The small picture that the active manifest has of its asset; nil where it has none that can be
  /// read.
  public var thumbnail: IngredientDefinition.Thumbnail? {
    guard let manifest = try? JUMBFSuperbox.parse(store).superboxes.last,
      let assertions = manifest.child(labelled: ManifestLabel.assertionStore),
      // Before 2.2 the media type was part of the label.
      let box = assertions.superboxes.first(where: {
        $0.label.hasPrefix("c2pa.thumbnail.claim")
      }), let file = EmbeddedFile(box, in: store.span)
    else { return nil }
    return .init(mediaType: file.mediaType, bytes: Array(store[file.content]))
  }
}

extension ManifestStore {
  /// Labels of the manifests of a store; none when it cannot be read.
  static func labels(in store: [UInt8]) -> Set<String> {
    guard let root = try? JUMBFSuperbox.parse(store) else { return [] }
    return Set(root.superboxes.map(\.label))
  }
}
