/// Labels of the assertions that validation treats in a way of their own (C2PA 2.5 section 16).
public enum AssertionType {
  public static let actions = "c2pa.actions.v2"
  public static let legacyActions = "c2pa.actions"
  public static let ingredient = "c2pa.ingredient.v3"
  public static let softBinding = "c2pa.soft-binding"
  public static let certificateStatus = "c2pa.certificate-status"
  public static let timeStamp = "c2pa.time-stamp"
  public static let multiAssetHash = "c2pa.hash.multi-asset"
  public static let cloudData = "c2pa.cloud-data"
  public static let externalReference = "c2pa.external-reference"
  public static let assertionMetadata = "c2pa.assertion.metadata"
  public static let identity = "cawg.identity"

  public static let firstBMFFHash = "c2pa.hash.bmff"

  /// `c2pa.hash.bmff` is not among them: since 2.0 it counts as absent.
  public static let hardBindings: Set<String> = [
    "c2pa.hash.data", "c2pa.hash.bmff.v2", "c2pa.hash.bmff.v3", "c2pa.hash.boxes",
    "c2pa.hash.collection.data", "c2pa.hash.segment",
  ]

  public static func isActions(_ type: String) -> Bool { type == actions || type == legacyActions }

  /// Version 1, 2 or 3, or nil for another assertion.
  public static func ingredientVersion(_ type: String) -> Int? {
    switch type {
    case "c2pa.ingredient": 1
    case "c2pa.ingredient.v2": 2
    case ingredient: 3
    default: nil
    }
  }

  public static func isThumbnail(_ type: String) -> Bool { type.hasPrefix("c2pa.thumbnail.") }
}
