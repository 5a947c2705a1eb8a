public import Bytes
public import Containers

/// The machine-readable labels that a file carries, wherever they were found. A value: what cannot be
/// read is told, and never taken for "none".
public struct LabelReading: Equatable, Sendable {
  /// A digital source type as it is written.
  public struct SourceType: Equatable, Sendable {
    public let place: String
    public let uri: String

    /// Nil for terms of the vocabulary that no generator uses, and for what is no term of it.
    public var term: DigitalSourceTerm? { DigitalSourceTerm(uri: uri) }
  }

  /// An `AIGC` field as it is written.
  public struct AIGC: Equatable, Sendable {
    public let place: String
    public let text: String
    /// What it says, or why it is not as the standard has it.
    public let label: Result<AIGCLabel, LabelError>
  }

  public internal(set) var sourceTypes: [SourceType] = []
  public internal(set) var aigc: [AIGC] = []
  /// What could not be looked at.
  public internal(set) var problems: [LabelError] = []

  /// The first `AIGC` label that is as the standard has it.
  public var validLabel: AIGCLabel? {
    aigc.lazy.compactMap { try? $0.label.get() }.first
  }

  /// Whether two places contradict each other (article 10 of the measures).
  public var isContradictory: Bool {
    let labels = aigc.compactMap { try? $0.label.get() }
    return labels.contains { $0 != labels[0] } || Set(sourceTypes.map(\.uri)).count > 1
  }

  /// Reads the labels of a file.
  public init(_ source: any ByteSource, format: AssetFormat) {
    do throws(ContainerError) {
      if let bytes = try XMPCarrier.packet(in: source, format: format) {
        do throws(LabelError) {
          let packet = try XMPPacket(bytes)
          sourceTypes = packet.values(of: .digitalSourceType).map { .init(place: "XMP", uri: $0) }
          aigc = packet.values(of: .aigc).map { Self.field($0, place: "XMP") }
        } catch { problems.append(error) }
      }
    } catch { problems.append(Self.problem(error, format)) }
    do throws(ContainerError) {
      for found in try NamedText.read(AIGCLabel.fieldName, in: source, format: format) {
        let field = Self.field(found.text, place: found.place)
        // A place without a name may hold anything.
        if NamedText.isUnnamed(in: format), !Self.claimsToBeLabel(found.text) { continue }
        aigc.append(field)
      }
    } catch { problems.append(Self.problem(error, format)) }
  }

  private static func problem(_ error: ContainerError, _ format: AssetFormat) -> LabelError {
    if case .unsupported = error { return .unsupported(format: format.name) }
    return .container(error)
  }

  private static func field(_ text: String, place: String) -> AIGC {
    do throws(LabelError) {
      return AIGC(place: place, text: text, label: .success(try AIGCLabel(parsing: text)))
    } catch { return AIGC(place: place, text: text, label: .failure(error)) }
  }

  /// Whether an unnamed text is meant as a label, though perhaps a wrong one.
  static func claimsToBeLabel(_ text: String) -> Bool {
    text.hasPrefix("{") && (text.contains("\"ContentProducer\"") || text.contains("\"AIGC\""))
  }
}
