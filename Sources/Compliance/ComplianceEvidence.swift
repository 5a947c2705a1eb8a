public import C2PA
public import Labels

/// What is known of one file, from which every rule draws its own conclusion. A layer that was not
/// looked for says so, and why: it is never taken for "not there".
public struct ComplianceEvidence: Sendable {
  public enum Medium: String, Sendable { case image, video, audio, other }

  /// What the file's Content Credentials say.
  public struct Credentials: Equatable, Sendable {
    public var state: ValidationState
    public var manifestLabel: String?
    /// Labels of all manifests of the store.
    public var manifests: [String] = []
    public var signer: String?
    /// Whether a time stamp that counts says when it was signed.
    public var isTimeStamped = false
    /// Digital source types of its actions.
    public var sourceTypes: [String] = []
    /// The program that made the content, or the claim.
    public var system: String?
    public var systemVersion: String?
    /// When the first action was done, as written.
    public var when: String?

    public init(state: ValidationState) { self.state = state }

    /// Whether somebody vouches for what the manifest says.
    public var isSound: Bool { state == .trusted || state == .valid }

    /// The first term that says that a model took part.
    public var modelTerm: DigitalSourceTerm? {
      sourceTypes.lazy.compactMap { DigitalSourceTerm(uri: $0) }.first { $0.isModel }
    }
  }

  /// A layer that needs a key or a decoder to be looked for.
  public enum Layer: Equatable, Sendable {
    case found(String)
    case missing(String)
    case notLookedFor(String)
  }

  public let file: String
  public let medium: Medium
  public let credentials: Credentials
  public let labels: LabelReading
  public let watermark: Layer
  /// The visible mark, frame by frame.
  public let visibleMark: Layer
  /// What a recording says of itself at its beginning; the visible mark's place where there is nothing to
  /// be seen.
  public let audibleMark: Layer
  /// The same file before it was processed.
  public let before: Original?

  public struct Original: Sendable {
    public let credentials: Credentials
    public let labels: LabelReading

    public init(credentials: Credentials, labels: LabelReading) {
      self.credentials = credentials
      self.labels = labels
    }
  }

  public init(
    file: String, medium: Medium, credentials: Credentials, labels: LabelReading,
    watermark: Layer, visibleMark: Layer,
    audibleMark: Layer = .notLookedFor("nobody listened for a disclosure"),
    before: Original? = nil
  ) {
    self.file = file
    self.medium = medium
    self.credentials = credentials
    self.labels = labels
    self.watermark = watermark
    self.visibleMark = visibleMark
    self.audibleMark = audibleMark
    self.before = before
  }
}

extension ComplianceEvidence.Credentials {
  /// - Parameter report: the verdict on a file. What an invalid manifest says is not ascribed to
  ///   anybody, so nothing of it is taken over.
  public init(_ report: VerificationReport) {
    self.init(state: report.state)
    guard isSound, let active = report.active else { return }
    manifestLabel = active.label
    manifests = report.manifests.map(\.label)
    signer = active.signer?.name
    isTimeStamped = active.signer?.timeStamp != nil
    sourceTypes = active.actions.compactMap(\.digitalSourceType)
    let made = active.actions.first { $0.name == "c2pa.created" } ?? active.actions.first
    let programs = [made?.softwareAgent].compactMap { $0 } + active.generators
    let program = programs.first { $0.version != nil } ?? programs.first
    system = program?.name
    systemVersion = program?.version
    when = active.actions.lazy.compactMap(\.when).first
  }
}
