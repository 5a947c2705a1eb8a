public import JUMBF

/// The superbox types of C2PA 2.5 section 11.5.3.
extension JUMBFType {
  public static let manifestStore = JUMBFType("c2pa")
  public static let standardManifest = JUMBFType("c2ma")
  public static let updateManifest = JUMBFType("c2um")
  public static let compressedManifest = JUMBFType("c2cm")
  /// What 1.x writers called a standard manifest: read, never written.
  public static let legacyManifest = JUMBFType("c2md")
  public static let assertionStore = JUMBFType("c2as")
  public static let claim = JUMBFType("c2cl")
  public static let claimSignature = JUMBFType("c2cs")
  public static let credentialStore = JUMBFType("c2vc")
  public static let dataBoxStore = JUMBFType("c2db")
}

/// Labels that have a meaning of their own.
public enum ManifestLabel {
  public static let store = "c2pa"
  public static let assertionStore = "c2pa.assertions"
  public static let claim = "c2pa.claim.v2"
  public static let legacyClaim = "c2pa.claim"
  public static let signature = "c2pa.signature"
}
