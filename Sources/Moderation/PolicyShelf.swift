import Bytes
import Evidence
import Glibc
public import Policy
import Synchronization

/// The policies in force now, for each tenant. Files may change under a running server: whoever
/// judges takes one set for the whole of a stage.
public final class PolicyShelf: Sendable {
  /// What came of looking at the files again.
  public enum Reload: Sendable {
    case unchanged
    /// The new ones are in force.
    case replaced(PolicySet)
    /// The old ones stay in force.
    case refused(PolicyLoadError)
  }

  private struct Contents: Sendable {
    /// For tenants without layers of their own.
    var base: PolicySet
    /// By tenant.
    var own: [String: PolicySet]
    var state: [FileState]

    var all: [(tenant: String?, set: PolicySet)] {
      [(nil, base)] + own.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
  }

  /// Tells a changed file from an unchanged one without reading it.
  private struct FileState: Equatable, Sendable {
    let name: String
    let size: Int
    let seconds: Int
    let nanoseconds: Int
    let inode: UInt
  }

  private let directory: String
  private let names: [String]
  private let layers: [String: [String]]
  private let contents: Mutex<Contents>

  /// Loads `names` from `directory` for everybody, and below them `layers` for single tenants.
  ///
  /// - Parameter layers: by tenant, in order. A tenant `acme.kids` has the layers of `acme` too.
  /// - Throws: when any of the sets is refused.
  public init(
    directory: String, names: [String], layers: [String: [String]] = [:]
  ) throws(PolicyLoadError) {
    self.directory = directory
    self.names = names
    self.layers = layers
    contents = Mutex(try Self.load(directory, names, layers))
  }

  /// One set for everybody, which no file changes.
  public init(_ set: PolicySet) {
    directory = ""
    names = []
    layers = [:]
    contents = Mutex(Contents(base: set, own: [:], state: []))
  }

  /// The set for tenants without layers of their own.
  public var base: PolicySet { contents.withLock { $0.base } }

  public func policy(for tenant: String) -> PolicySet {
    contents.withLock { contents in
      contents.own[tenant] ?? tenant.parent.flatMap { contents.own[$0] } ?? contents.base
    }
  }

  /// All sets in force: everybody's first, then by tenant.
  public var all: [(tenant: String?, set: PolicySet)] {
    contents.withLock { $0.all }
  }

  /// Every word list that some set reads.
  public var lexicons: [PolicyLexicon] { Self.lexicons(in: all.map(\.set)) }

  /// Looks whether a file changed and, if so, loads all of them again.
  ///
  /// A set that is refused changes nothing. So is one whose rules or words differ under the version
  /// they had: a name and version in the log means one text.
  ///
  /// - Parameters:
  ///   - isForced: loads also when no file looks changed.
  ///   - prepare: called with the new word lists before the new sets are in force.
  ///   - declare: called with the new sets before they are in force. Where it throws they are refused,
  ///     and tried again at the next look.
  public func reload(
    isForced: Bool = false, prepare: ([PolicyLexicon]) async -> Void = { _ in },
    declare: ([(tenant: String?, set: PolicySet)]) async throws -> Void = { _ in }
  ) async -> Reload {
    guard !directory.isEmpty else { return .unchanged }
    let old = contents.withLock { $0 }
    guard isForced || Self.state(of: directory) != old.state else { return .unchanged }
    let new: Contents
    do {
      new = try Self.load(directory, names, layers)
      try Self.requireNewVersions(from: old, to: new, directory: directory)
    } catch {
      // What is wrong was said; it is not said again until a file changes.
      contents.withLock { $0.state = Self.state(of: directory) }
      return .refused(error)
    }
    let (before, after) = ([old.base] + old.own.values, [new.base] + new.own.values)
    let hashes = { (sets: [PolicySet]) in
      Set(sets.flatMap { $0.identities.map(\.sha256) + $0.lexicons.map(\.sha256) })
    }
    let isSame = hashes(before) == hashes(after)
    // Decisions that are under way still read the old lists.
    if !isSame {
      await prepare(Self.lexicons(in: after + before))
      do {
        try await declare(new.all)
      } catch {
        return .refused(
          PolicyLoadError(
            diagnostics: [
              Diagnostic(
                code: "not-declared", file: directory, line: 1, column: 1,
                message: "the change could not be logged: \(error)")
            ]))
      }
    }
    contents.withLock { $0 = new }
    return isSame ? .unchanged : .replaced(new.base)
  }

  private static func load(
    _ directory: String, _ names: [String], _ layers: [String: [String]]
  ) throws(PolicyLoadError) -> Contents {
    // Before the files are read: one that changes meanwhile is read again at the next look.
    let state = state(of: directory)
    let base = try PolicySet.load(directory: directory, names: names)
    var own: [String: PolicySet] = [:]
    for tenant in layers.keys {
      let inherited = tenant.parent.flatMap { layers[$0] } ?? []
      var all = names + inherited
      for name in layers[tenant] ?? [] where !all.contains(name) { all.append(name) }
      own[tenant] = try PolicySet.load(directory: directory, names: all)
    }
    return Contents(base: base, own: own, state: state)
  }

  private static func requireNewVersions(
    from old: Contents, to new: Contents, directory: String
  ) throws(PolicyLoadError) {
    func texts(_ contents: Contents) -> [String: (version: String, sha256: String)] {
      var texts: [String: (version: String, sha256: String)] = [:]
      for set in [contents.base] + contents.own.values {
        for identity in set.identities {
          texts["\(identity.name).json"] = (identity.version, identity.sha256)
        }
        for lexicon in set.lexicons {
          texts["lexicons/\(lexicon.list).json"] = (lexicon.version, lexicon.sha256)
        }
      }
      return texts
    }
    let before = texts(old)
    let stale = texts(new).filter { file, text in
      before[file].map { $0.version == text.version && $0.sha256 != text.sha256 } ?? false
    }
    guard !stale.isEmpty else { return }
    throw PolicyLoadError(
      diagnostics: stale.sorted { $0.key < $1.key }.map { file, text in
        Diagnostic(
          code: "same-version", file: "\(directory)/\(file)", line: 1, column: 1,
          message: "the file says something else than before and is still called version "
            + "\(text.version); give it a new \"version\"")
      })
  }

  private static func lexicons(in sets: [PolicySet]) -> [PolicyLexicon] {
    var seen: Set<String> = []
    return sets.flatMap(\.lexicons).filter { seen.insert($0.list).inserted }
  }

  private static func state(of directory: String) -> [FileState] {
    ["", "/lexicons"].flatMap { folder in
      let names = (try? DirectoryListing.names(in: directory + folder, suffix: ".json")) ?? []
      return names.compactMap { name -> FileState? in
        var facts = stat()
        guard stat("\(directory)\(folder)/\(name)", &facts) == 0 else { return nil }
        return FileState(
          name: "\(folder)/\(name)", size: Int(facts.st_size), seconds: facts.st_mtim.tv_sec,
          nanoseconds: facts.st_mtim.tv_nsec, inode: UInt(facts.st_ino))
      }
    }
  }
}

extension String {
  /// `acme` of `acme.kids`.
  fileprivate var parent: String? {
    firstIndex(of: ".").map { String(self[..<$0]) }
  }
}
