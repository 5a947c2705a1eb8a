public import Fingerprint

/// What is kept of each delivered file, so that a copy is recognised by its mark or by its look when
/// its Content Credentials are gone.
///
/// No prompt and no name: the subject is the pseudonym that the decision log uses.
public struct OutputRecord: Equatable, Sendable {
  /// Of the job, with `-N` behind it for one of several pictures.
  public let asset: String
  /// `urn:c2pa:…`, the label of the active manifest.
  public let manifestID: String
  /// The manifest store as embedded.
  public let manifestStore: [UInt8]
  public let subject: String
  /// The id in the invisible mark; nil where the file carries none.
  public let mark: UInt64?
  public let mediaType: String
  /// Lower-case hexadecimal SHA-256 of the delivered file.
  public let sha256: String
  /// Milliseconds since 1970.
  public let deliveredAt: Int64
  public let content: ContentPrint
  /// What it sounds like; nil where it has no sound that tells it from others.
  public let sound: Chromaprint?
  /// The codes that its credentials bind it to.
  public let codes: [ISCCUnit]
  /// A small WebP of a clip, for people; nil where none was made.
  public let thumbnail: [UInt8]?

  public init(
    asset: String, manifestID: String, manifestStore: [UInt8], subject: String, mark: UInt64?,
    mediaType: String, sha256: String, deliveredAt: Int64, content: ContentPrint,
    sound: Chromaprint? = nil, codes: [ISCCUnit] = [], thumbnail: [UInt8]? = nil
  ) {
    self.asset = asset
    self.manifestID = manifestID
    self.manifestStore = manifestStore
    self.subject = subject
    self.mark = mark
    self.mediaType = mediaType
    self.sha256 = sha256
    self.deliveredAt = deliveredAt
    self.content = content
    self.sound = sound
    self.codes = codes
    self.thumbnail = thumbnail
  }
}

/// Keeps the records of delivered files.
public protocol OutputKeeping: Sendable {
  /// Durable when it returns; the record of the same asset is replaced.
  func keep(_ record: OutputRecord) async throws
}
