import Synchronization

/// The banks that a running installation asks: lists that were read at its start, and a folder of banks
/// whose changes it takes up by itself.
public final class BankShelf: Sendable {
  /// How often the folder is looked at: an import is in force that much later at most.
  public static let pause = Duration.seconds(2)

  private struct State {
    var banks: HashBanks
    var stamps: [String: BankFolder.Stamp] = [:]
    var lookedAt: ContinuousClock.Instant?
  }

  private let folder: BankFolder?
  private let pause: Duration
  private let state: Mutex<State>

  /// - Parameters:
  ///   - lists: asked besides those of the folder.
  ///   - folder: all banks that are there and that come.
  ///   - pause: how long the folder is not looked at again.
  /// - Throws: for a bank that cannot be opened: who was told to ask it does not start without it.
  public init(
    _ lists: [HashBank], folder: BankFolder? = nil, pause: Duration = BankShelf.pause
  ) throws(BankError) {
    self.folder = folder
    self.pause = pause
    var start = State(banks: HashBanks(lists))
    for name in try folder?.names() ?? [] { try Self.open(name, folder, into: &start) }
    start.lookedAt = .now
    state = Mutex(start)
  }

  /// Names of the banks, in the order in which they are asked.
  public var names: [String] { state.withLock { $0.banks.banks.map(\.name) } }

  /// - Parameter picture: nil where only digests are asked about.
  public func ask(_ picture: PDQ?, digests: [KnownHash] = []) -> HashBanks.Answer {
    state.withLock { state in
      refresh(&state)
      let before = state.banks.quarantine
      let answer = state.banks.ask(picture, digests: digests)
      // What cannot be written down holds until the end of the process.
      for name in state.banks.quarantine.subtracting(before) where state.stamps[name] != nil {
        try? folder?.quarantine(name, true)
        state.stamps[name] = folder?.stamp(name)
      }
      return answer
    }
  }

  /// Takes up what changed in the folder. A bank that cannot be read is asked as it was before.
  private func refresh(_ state: inout State) {
    guard let folder, let last = state.lookedAt, last.duration(to: .now) >= pause
    else {
      return
    }
    state.lookedAt = .now
    guard let names = try? folder.names() else { return }
    for name in Set(state.stamps.keys).subtracting(names) {
      state.stamps[name] = nil
      state.banks.remove(name)
    }
    for name in names where folder.stamp(name) != state.stamps[name] {
      try? Self.open(name, folder, into: &state)
    }
  }

  private static func open(
    _ name: String, _ folder: BankFolder?, into state: inout State
  ) throws(BankError) {
    guard let stored = try folder?.open(name) else { return }
    state.banks.put(stored.bank, isQuarantined: stored.isQuarantined)
    state.stamps[name] = stored.stamp
  }
}
