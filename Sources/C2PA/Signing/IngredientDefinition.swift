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

    public init(store: [UInt8], findings: [Finding]) {
      self.store = store
      self.findings = findings
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
    return (Self(store: store, findings: report.findings + report.ingredientFindings), report)
  }

  /// `validation-results-map` of the findings about the manifest `label`. Findings about other
  /// manifests of the same store stand in those manifests' own ingredient assertions.
  func validationResults(for label: String) -> CBORValue {
    let prefix = JUMBFURI.manifest(label)
    let own = findings.filter {
      $0.uri.isEmpty || $0.uri == prefix || $0.uri.hasPrefix(prefix + "/")
    }
    func statuses(_ kind: StatusCode.Kind) -> CBORValue {
      .array(
        own.filter { $0.kind == kind }.map { finding in
          var pairs: [CBORValue.Pair] = [.init("code", .text(finding.code.rawValue))]
          if !finding.uri.isEmpty { pairs.append(.init("url", .text(finding.uri))) }
          pairs.append(.init("explanation", .text(finding.explanation)))
          return .map(pairs)
        })
    }
    return [
      "activeManifest": [
        "success": statuses(.success), "informational": statuses(.informational),
        "failure": statuses(.failure),
      ]
    ]
  }
}

extension ManifestStore {
  /// Labels of the manifests of a store; none when it cannot be read.
  static func labels(in store: [UInt8]) -> Set<String> {
    guard let root = try? JUMBFSuperbox.parse(store) else { return [] }
    return Set(root.superboxes.map(\.label))
  }
}
