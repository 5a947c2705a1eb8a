public import Bytes
public import CBOR
public import Containers
import PKI

/// Whether the bytes of an asset are those that a manifest was made for (C2PA 2.5 section 14.12).
///
/// Every method answers with findings that name the assertion by its label; the caller knows the
/// manifest and moves them to the full URI. At least one finding of kind `success` or `failure` is
/// always among them: a binding that could not be checked is a failure, never silence.
public enum HardBinding {
  /// Checks one hard binding assertion against the asset.
  ///
  /// - Parameters:
  ///   - assertionLabel: `c2pa.hash.data`, `c2pa.hash.bmff.v3` … as stored.
  ///   - assertion: its decoded CBOR.
  ///   - asset: the whole file, read a window at a time.
  ///   - format: what `AssetFormat.detect` says of it.
  ///   - store: the store embedded in `asset`; nil when the manifest came from a sidecar.
  ///   - claimAlgorithm: the claim's `alg`, used where the assertion names none.
  ///   - hasUpdate: whether the binding belongs to an earlier manifest of the store than the
  ///     active one, so that the store has grown since.
  ///   - fragments: the media segments that belong to `asset`, in order, when it is the
  ///     initialization segment of a fragmented file.
  ///   - members: the files beside `asset` when it is the manifest of a collection of files.
  public static func validate(
    assertionLabel: String, assertion: CBORValue, asset: any ByteSource, format: AssetFormat,
    store: EmbeddedStore?, claimAlgorithm: String? = nil, hasUpdate: Bool = false,
    fragments: [any ByteSource] = [], members: (any CollectionMembers)? = nil
  ) -> [Finding] {
    let context = BindingContext(
      label: assertionLabel, asset: asset, format: format, store: store,
      claimAlgorithm: claimAlgorithm, hasUpdate: hasUpdate, fragments: fragments,
      members: members)
    do throws(BindingFailure) {
      switch assertionLabel.prefix(while: { $0 != "_" }) {
      case "c2pa.hash.data": return try DataHashBinding(assertion, context).validate()
      case "c2pa.hash.bmff.v2", "c2pa.hash.bmff.v3":
        return try BMFFHashBinding(assertion, context).validate()
      case "c2pa.hash.boxes": return try BoxesHashBinding(assertion, context).validate()
      case "c2pa.hash.collection.data":
        return try CollectionHashBinding(assertion, context).validate()
      default:
        return [
          Finding(
            .notSupported, at: assertionLabel,
            "The binding \(assertionLabel) cannot be checked here yet, so nothing says that the "
              + "file's content is the one that was signed.")
        ]
      }
    } catch {
      return [error.finding(at: assertionLabel)]
    }
  }
}

/// What every kind of binding is checked with.
struct BindingContext {
  let label: String
  let asset: any ByteSource
  let format: AssetFormat
  let store: EmbeddedStore?
  let claimAlgorithm: String?
  let hasUpdate: Bool
  let fragments: [any ByteSource]
  let members: (any CollectionMembers)?

  /// The hash algorithm named nearest to a hash (C2PA 2.5 section 9.4.2).
  func algorithm(_ names: CBORValue?...) throws(BindingFailure) -> HashAlgorithm {
    var name = claimAlgorithm
    for case let value? in names where !value.isNull {
      name = value.text
      break
    }
    guard let name else {
      throw BindingFailure(.algorithmUnsupported, "The binding names no hash algorithm.")
    }
    guard let algorithm = HashAlgorithm(rawValue: name) else {
      throw BindingFailure(
        .algorithmUnsupported,
        "The binding uses the hash algorithm \"\(name)\", which C2PA does not allow.")
    }
    return algorithm
  }

  func finding(_ code: StatusCode, _ explanation: String) -> Finding {
    Finding(code, at: label, explanation)
  }
}

/// The one failure that ends a check.
struct BindingFailure: Error {
  let code: StatusCode
  let explanation: String

  init(_ code: StatusCode, _ explanation: String) {
    self.code = code
    self.explanation = explanation
  }

  /// A container that cannot be followed fails the binding that needs it.
  init(_ error: ContainerError) {
    let code: StatusCode =
      switch error {
      case .overBudget: .budgetExceeded
      case .unsupported: .notSupported
      case .io, .malformed, .multipleStores: .generalError
      }
    self.init(code, "The file's structure could not be checked: \(error).")
  }

  func finding(at label: String) -> Finding { Finding(code, at: label, explanation) }
}

extension CBORValue {
  /// A byte count or offset: an unsigned integer that fits a file.
  var length: Int? {
    guard case .unsigned(let value) = self else { return nil }
    return Int(exactly: value)
  }

  /// The value under `name`; writers in the field put null where they mean "not given".
  func given(_ name: String) -> CBORValue? {
    guard let value = self[name], !value.isNull else { return .none }
    return value
  }
}
