import Bytes
public import Fingerprint

/// Which lists of known media are asked, as the configuration names them: `NAME=FILE`, with
/// `NAME@BITS=FILE` for another distance and `!NAME=FILE` for media that are known to be harmless; and the
/// banks that `assay bank import` has put into the data folder.
public struct KnownMediaLists: Equatable, Sendable {
  /// The policy that acts on what the lists say.
  static let policy = "known-media"

  public struct Source: Equatable, Sendable {
    public let name: String
    public let path: String
    public let distance: Int
    public let isNegative: Bool
  }

  public private(set) var sources: [Source] = []
  /// Where banks lie; nil where there are none.
  public private(set) var folder: BankFolder?

  public init() {}

  init(parsing text: String) throws(StartupError) {
    for entry in text.split(separator: ",") {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw StartupError(
          .usage, "known_media: '\(entry)' is not NAME=FILE, NAME@BITS=FILE or !NAME=FILE.")
      }
      let isNegative = parts[0].hasPrefix("!")
      let name = parts[0].drop { $0 == "!" }.split(separator: "@", maxSplits: 1).map(String.init)
      let distance = name.count == 2 ? Int(name[1]) : PDQHash.matchDistance
      guard let first = name.first, !first.isEmpty, let distance, (0...64).contains(distance) else {
        throw StartupError(
          .usage, "known_media: '\(parts[0])' is no name, with a number from 0 to 64 behind an @.")
      }
      sources.append(
        Source(name: first, path: parts[1], distance: distance, isNegative: isNegative))
    }
    guard Set(sources.map(\.name)).count == sources.count else {
      throw StartupError(.usage, "known_media: two lists have the same name.")
    }
  }

  public var isEmpty: Bool { sources.isEmpty && folder == nil }

  /// Names of all lists and banks.
  var names: [String] { sources.map(\.name) + ((try? folder?.names()) ?? []) }

  /// Takes in the banks of a data folder.
  mutating func look(into data: String) throws(StartupError) {
    let banks = BankFolder(path: "\(data)/\(BankFolder.name)")
    let names: [String]
    do { names = try banks.names() } catch {
      throw StartupError(.cannotRead, "The banks of known media cannot be read: \(error).")
    }
    folder = names.isEmpty ? nil : banks
    if let both = sources.map(\.name).first(where: { names.contains($0) }) {
      throw StartupError(
        .usage, "known_media: the list '\(both)' has the name of a bank; call it something else.")
    }
  }

  /// Reads the lists and opens the banks; nil where there are none.
  ///
  /// - Throws: for a list that cannot be read or has a fault: a gateway that was told to ask a list
  ///   does not start without it.
  func open() throws(StartupError) -> BankShelf? {
    guard !isEmpty else { return nil }
    var banks: [HashBank] = []
    for source in sources {
      var bank = HashBank(
        name: source.name, distance: source.distance, isNegative: source.isNegative)
      do {
        let bytes = try FileByteSource.contents(
          of: source.path, limit: KnownMediaPage.byteLimit)
        bank.apply(try KnownMediaPage(parsing: bytes).updates)
      } catch {
        throw StartupError(
          .cannotRead, "The list of known media \(source.name) cannot be used: \(error).")
      }
      banks.append(bank)
    }
    do { return try BankShelf(banks, folder: folder) } catch {
      throw StartupError(.cannotRead, "A bank of known media cannot be used: \(error).")
    }
  }
}
