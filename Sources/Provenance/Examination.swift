public import C2PA
public import Watermark

/// One verdict on a file: its own Content Credentials, the invisible mark in it, and what is on record.
public struct Examination: Sendable {
  public enum Conclusion: String, Sendable {
    /// The file carries good credentials, and nothing that was looked at speaks against them.
    case credentials
    /// The credentials in the file are not good, and nothing better was found.
    case invalidCredentials = "credentials_invalid"
    /// The file has lost its credentials, and they were found again: the mark or the look says whose
    /// it is, and the pictures agree with the record; or the sound of a recording does.
    case recovered
    /// A mark leads to credentials, but whether the pictures are theirs cannot be told.
    case unconfirmed
    /// An output on record is heard in the file; that the file is a copy of it does not follow.
    case heard = "sound_on_record"
    /// The mark belongs to another file's pictures: it was laid over these.
    case contentConflict = "mark_and_content_disagree"
    /// The file's own credentials are good, and know nothing of the output whose mark it carries.
    case credentialsConflict = "mark_and_credentials_disagree"
    /// A mark of ours without a record.
    case unresolved
    /// A mark is there, but its id is lost.
    case markPresent = "mark_present"
    case nothing
  }

  /// Credentials that were found again.
  public struct Recovery: Sendable {
    public enum Basis: String, Sendable {
      /// The invisible mark's id.
      case mark
      /// The pictures' fingerprints.
      case look
      /// The sound's fingerprint.
      case sound
    }

    public let basis: Basis
    public let manifestID: String
    /// Of the recovered manifest store, without its binding to the content.
    public let report: VerificationReport
    public let agreement: ContentAgreement
    /// Where it was found by its sound.
    public var heard: HeardPassage?
    /// The manifest store as it was found.
    public let store: [UInt8]

    /// Whether the recovered credentials are good in themselves.
    public var isSound: Bool { report.state == .trusted || report.state == .valid }
  }

  /// Of the file's own credentials.
  public let report: VerificationReport
  /// Nil when no mark was looked for, or there are no pictures.
  public let mark: WatermarkFinding?
  /// Nil when no mark was looked for, or there is no sound.
  public let soundMark: SoundMarkFinding?
  /// The audible disclosure that its sound begins with; nil where none was heard or listened for.
  public let disclosure: DisclosureRhythmDetector.Finding?
  public let recovery: Recovery?
  /// Why something was not looked at, a sentence each.
  public let problems: [String]
  public let conclusion: Conclusion

  init(
    report: VerificationReport, marks: MarkSearch.Findings?, recovery: Recovery?,
    problems: [String]
  ) {
    self.report = report
    mark = marks?.pictures
    soundMark = marks?.sound
    disclosure = marks?.disclosure
    self.recovery = recovery
    self.problems = problems
    conclusion = Self.conclude(
      report, [mark?.verdict, soundMark?.verdict].compactMap(\.self), recovery)
  }

  private static func conclude(
    _ report: VerificationReport, _ marks: [WatermarkFinding.Verdict], _ recovery: Recovery?
  ) -> Conclusion {
    let isOwnGood = report.state == .trusted || report.state == .valid
    if let recovery {
      // Credentials whose binding holds and that name the output: mark and file say the same.
      if isOwnGood, report.manifests.contains(where: { $0.label == recovery.manifestID }) {
        return .credentials
      }
      if recovery.basis == .mark, recovery.agreement == .different { return .contentConflict }
      if recovery.isSound {
        // Whoever signs pictures of their own may have laid our sound under them.
        if isOwnGood { return recovery.basis == .sound ? .credentials : .credentialsConflict }
        guard recovery.agreement == .unknown else { return .recovered }
        return recovery.basis == .sound ? .heard : .unconfirmed
      }
    }
    if isOwnGood { return .credentials }
    if marks.contains(.readable) { return .unresolved }
    if marks.contains(.present) { return .markPresent }
    return report.state == .invalid ? .invalidCredentials : .nothing
  }
}
