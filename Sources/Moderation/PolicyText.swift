public import Classifiers
public import Evidence
public import Policy
import Synchronization

/// The text checks with the word lists of the policies in force: lists change with the policies,
/// the models stay.
public final class PolicyText: TextChecking {
  private let store: ModelStore
  private let current: Mutex<TextClassifier>

  public init(store: ModelStore, lexicons: [PolicyLexicon]) {
    self.store = store
    current = Mutex(TextClassifier(store: store, lexicons: lexicons))
  }

  public func signals(for text: String) async -> [Signal] {
    await current.withLock { $0 }.signals(for: text)
  }

  /// Reads the models, so that the first text does not wait for them.
  public func warmUp() async { await current.withLock { $0 }.warmUp() }

  /// Takes other lists from the next text on. Reads the models first.
  public func use(_ lexicons: [PolicyLexicon]) async {
    let next = TextClassifier(store: store, lexicons: lexicons)
    await next.warmUp()
    current.withLock { $0 = next }
  }
}
