public import CBOR

/// An ingredient assertion, versions 1 to 3 (C2PA 2.5 section 16.5).
public struct Ingredient: Equatable, Sendable {
  public enum Relationship: String, Sendable {
    case parentOf
    case componentOf
    case inputTo
  }

  public let version: Int
  /// Nil when absent or unknown.
  public let relationship: Relationship?
  public let title: String?
  public let format: String?
  public let instanceID: String?
  /// `activeManifest`, or `c2pa_manifest` of versions 1 and 2.
  public let activeManifest: HashedURI?
  public let claimSignature: HashedURI?
  /// Whether `activeManifest` is there at all, well-formed or not.
  public let namesManifest: Bool
  /// What its signer found when it was taken in.
  public let recorded: [RecordedStatus]
  public let hasRecordedResults: Bool
  /// Whether those that are there have the form of C2PA 2.5 section 16.5.4.
  public let areRecordedResultsReadable: Bool
  public let digitalSourceType: String?
  public let hasRelatedAssertions: Bool
  /// Nested hashed URIs into the same store: thumbnail, data.
  public let references: [HashedURI]

  /// An entry of `validationResults` or, before version 3, `validationStatus`.
  public struct RecordedStatus: Hashable, Sendable {
    public let code: String
    public let url: String?
  }

  public init(_ value: CBORValue, version: Int) {
    self.version = version
    relationship = value["relationship"]?.text.flatMap { Relationship(rawValue: $0) }
    title = value["dc:title"]?.text
    format = value["dc:format"]?.text
    instanceID = value["instanceID"]?.text
    let manifest = value[version >= 3 ? "activeManifest" : "c2pa_manifest"]
    namesManifest = manifest != nil
    activeManifest = HashedURI(manifest)
    claimSignature = HashedURI(value["claimSignature"])
    digitalSourceType = value["digitalSourceType"]?.text
    hasRelatedAssertions = value["relatedAssertions"] != nil
    references = [value["thumbnail"], value["data"]].compactMap { HashedURI($0) }
    let results = value["validationResults"]
    hasRecordedResults = results != nil
    areRecordedResultsReadable = results.map(Self.isReadable) ?? true
    var statuses = Self.statuses(value["validationStatus"])
    let kinds = ["failure", "informational", "success"]
    for kind in kinds { statuses += Self.statuses(results?["activeManifest"]?[kind]) }
    for delta in results?["ingredientDeltas"]?.array ?? [] {
      for kind in kinds { statuses += Self.statuses(delta["validationDeltas"]?[kind]) }
    }
    recorded = statuses
  }

  private static func isReadable(_ results: CBORValue) -> Bool {
    func isStatusMap(_ map: CBORValue?) -> Bool {
      ["success", "informational", "failure"].allSatisfy { kind in
        map?[kind]?.array?.allSatisfy { $0["code"]?.text != nil } ?? false
      }
    }
    guard results.pairs != nil, results.given("activeManifest").map(isStatusMap) ?? true else {
      return false
    }
    guard let deltas = results.given("ingredientDeltas") else { return true }
    return deltas.array?.allSatisfy {
      $0["ingredientAssertionURI"]?.text != nil && isStatusMap($0["validationDeltas"])
    } ?? false
  }

  private static func statuses(_ value: CBORValue?) -> [RecordedStatus] {
    (value?.array ?? []).compactMap { item in
      item["code"]?.text.map { RecordedStatus(code: $0, url: item["url"]?.text) }
    }
  }
}
