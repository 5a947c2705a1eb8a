public import Evidence
public import Fingerprint
public import Pixels
import Synchronization

/// Holds pictures against lists of known media, before any model or person looks at them.
///
/// The signal `known_media` is 1 for a picture that a list holds, and `known_media/quarantined` for
/// one that only a list in quarantine holds. What is recorded is which list and how near, never the
/// list's hash.
public final class KnownMediaChecks: FrameChecking {
  public static let check = "known_media"
  static let quarantined = "known_media/quarantined"

  private let banks: Mutex<HashBanks>
  private let others: any FrameChecking

  /// - Parameter others: the checks that look at pictures besides.
  public init(_ banks: HashBanks, beside others: any FrameChecking) {
    self.banks = Mutex(banks)
    self.others = others
  }

  public func signals(for image: RGBImage) async -> [Signal] {
    let picture = PDQ(of: image)
    let answer = banks.withLock { $0.ask(picture) }
    return [
      Self.signal(Self.check, answer.matches), Self.signal(Self.quarantined, answer.quarantined),
    ] + (await others.signals(for: image))
  }

  private static func signal(_ name: String, _ matches: [HashBank.Match]) -> Signal {
    Signal(
      name: name, value: .score(matches.isEmpty ? 0 : 1), check: check,
      model: matches.first.map {
        ModelIdentity(name: "list \($0.bank), distance \($0.distance)", sha256: "")
      })
  }
}
