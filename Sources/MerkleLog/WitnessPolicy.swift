/// Who must have cosigned a checkpoint before it is believed (C2SP tlog-policy).
public struct WitnessPolicy: Equatable, Sendable {
  public static let logLimit = 32
  public static let witnessLimit = 64
  public static let groupLimit = 64

  public struct Log: Equatable, Sendable {
    public let key: VerifierKey
    public let url: String?
  }

  public struct Witness: Equatable, Sendable {
    public let name: String
    public let key: VerifierKey
    public let url: String?
  }

  struct Group: Equatable, Sendable {
    let name: String
    let threshold: Int
    let members: [String]
  }

  public let logs: [Log]
  public let witnesses: [Witness]
  /// The name of a witness or group; nil when no cosignature is asked for.
  public let quorum: String?
  let groups: [Group]

  /// Reads a policy file.
  public init(parsing bytes: [UInt8]) throws(NoteError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw NoteError(.malformedPolicy, "the policy is no UTF-8")
    }
    var reader = PolicyReader()
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
      if words.isEmpty { continue }
      guard let problem = try reader.take(words) else { continue }
      throw NoteError(.malformedPolicy, "line \(number + 1) of the policy: \(problem)")
    }
    guard let quorum = reader.quorum else {
      throw NoteError(.malformedPolicy, "the policy has no quorum line")
    }
    logs = reader.logs
    witnesses = reader.witnesses
    groups = reader.groups
    self.quorum = quorum == "none" ? nil : quorum
  }

  /// Whether enough witnesses cosigned. A bad line of a known witness counts as none.
  public func isSatisfied(by note: SignedNote) -> Bool {
    guard let quorum else { return true }
    let good = Set(
      witnesses.filter { witness in
        if case .verified = note.verify([witness.key]) { true } else { false }
      }.map(\.name))
    return isMet(quorum, good)
  }

  /// Groups name only what stands before them, so this ends.
  private func isMet(_ name: String, _ good: Set<String>) -> Bool {
    guard let group = groups.first(where: { $0.name == name }) else { return good.contains(name) }
    return group.members.count { isMet($0, good) } >= group.threshold
  }
}

private struct PolicyReader {
  var logs: [WitnessPolicy.Log] = []
  var witnesses: [WitnessPolicy.Witness] = []
  var groups: [WitnessPolicy.Group] = []
  var quorum: String?
  private var names: Set<String> = ["none"]
  private var grouped: Set<String> = []

  /// Nil, or what is wrong with the line.
  mutating func take(_ words: [String]) throws(NoteError) -> String? {
    switch words[0] {
    case "log":
      guard (2...3).contains(words.count) else { return "a log has a key and perhaps an address" }
      guard logs.count < WitnessPolicy.logLimit else { return "there are too many logs" }
      logs.append(.init(key: try VerifierKey(words[1]), url: words.count == 3 ? words[2] : nil))
    case "witness":
      guard (3...4).contains(words.count) else {
        return "a witness has a name, a key and perhaps an address"
      }
      guard witnesses.count < WitnessPolicy.witnessLimit else {
        return "there are too many witnesses"
      }
      let key = try VerifierKey(words[2])
      guard key.algorithm == .cosignature else { return "the key does not cosign" }
      guard names.insert(words[1]).inserted else { return "\(words[1]) is named twice" }
      witnesses.append(.init(name: words[1], key: key, url: words.count == 4 ? words[3] : nil))
    case "group":
      return takeGroup(words)
    case "quorum":
      guard words.count == 2, quorum == nil else { return "there is exactly one quorum" }
      guard names.contains(words[1]) else { return "\(words[1]) is not named before" }
      quorum = words[1]
    default:
      return "\(words[0]) is no log, witness, group or quorum"
    }
    return nil
  }

  private mutating func takeGroup(_ words: [String]) -> String? {
    guard words.count >= 4 else { return "a group has a name, a number and members" }
    guard groups.count < WitnessPolicy.groupLimit else { return "there are too many groups" }
    let members = Array(words[3...])
    for member in members {
      guard member != "none", names.contains(member) else { return "\(member) is not named before" }
      guard grouped.insert(member).inserted else { return "\(member) is in a group already" }
    }
    let threshold: Int
    switch words[2] {
    case "any": threshold = 1
    case "all": threshold = members.count
    default:
      guard let number = parseDecimal(words[2]), (1...UInt64(members.count)).contains(number) else {
        return "a group takes any, all, or a number up to its members"
      }
      threshold = Int(number)
    }
    guard names.insert(words[1]).inserted else { return "\(words[1]) is named twice" }
    groups.append(.init(name: words[1], threshold: threshold, members: members))
    return nil
  }
}
