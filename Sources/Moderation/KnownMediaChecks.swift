import Bytes
public import Evidence
public import Fingerprint
import PKI
public import Pixels

/// Holds pictures, clips and files against lists of known media, before any model or person looks at
/// them.
///
/// The signal `known_media` is 1 for what a list holds, and `known_media/quarantined` for what only a
/// list in quarantine holds. What is recorded is which list and how near, never the list's hash.
public final class KnownMediaChecks: FrameChecking {
  public static let check = "known_media"
  static let quarantined = "known_media/quarantined"

  private let banks: BankShelf
  private let others: any FrameChecking

  /// - Parameter others: the checks that look at pictures besides.
  public init(_ banks: BankShelf, beside others: any FrameChecking) {
    self.banks = banks
    self.others = others
  }

  public func signals(for image: RGBImage) async -> [Signal] {
    Self.signals([banks.ask(PDQ(of: image))]) + (await others.signals(for: image))
  }

  /// Of a clip, by its frames: a known picture anywhere in it is one too many.
  public func signals(forFrames images: [RGBImage]) async -> [Signal] {
    Self.signals(images.map { banks.ask(PDQ(of: $0)) })
  }

  /// Of a file's bytes alone, by MD5, SHA-1 and SHA-256: nothing of it is decoded.
  public func signals(forFile path: String) async -> [Signal] {
    do {
      let digests = try await blocking {
        try ExchangeDigests(of: try FileByteSource(path: path))
      }
      return Self.signals([
        banks.ask(
          nil, digests: [.md5(digests.md5), .sha1(digests.sha1), .sha256(digests.sha256)])
      ])
    } catch {
      let reason = UnknownReason.failed("the file could not be read")
      return [.unknown(Self.check, check: Self.check, reason)]
    }
  }

  /// Two answers on one piece of media: what either of them says holds.
  static func joined(_ one: [Signal], _ other: [Signal]) -> [Signal] {
    other.map { signal in
      guard signal.check == check, let earlier = one.first(where: { $0.name == signal.name }),
        case .score(let score) = earlier.value, score >= 1
      else { return signal }
      return earlier
    }
  }

  private static func signals(_ answers: [HashBanks.Answer]) -> [Signal] {
    [
      signal(check, answers.flatMap(\.matches)),
      signal(quarantined, answers.flatMap(\.quarantined)),
    ]
  }

  private static func signal(_ name: String, _ matches: [HashBank.Match]) -> Signal {
    Signal(
      name: name, value: .score(matches.isEmpty ? 0 : 1), check: check,
      model: matches.min { $0.distance < $1.distance }.map {
        ModelIdentity(name: "list \($0.bank), distance \($0.distance)", sha256: "")
      })
  }
}
