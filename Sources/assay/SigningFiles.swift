import Bytes
import C2PA
import Containers
import Glibc
import StrictJSON

/// What the signing commands read.
enum SigningFiles {
  /// `$ASSAY_KEYS/dev`, or `Keys/dev` of the working folder.
  static var folder: String {
    (getenv("ASSAY_KEYS").map { String(cString: $0) } ?? "Keys") + "/dev"
  }

  static func read(_ path: String) throws(FileError) -> [UInt8] {
    try FileByteSource.contents(of: path)
  }

  /// The passphrase of a key: the first line of `file`, or `ASSAY_KEY_PASSPHRASE`.
  static func passphrase(_ file: String?) throws(FileError) -> [UInt8]? {
    if let file {
      return Array(try read(file).prefix { $0 != 0x0A && $0 != 0x0D })
    }
    return getenv("ASSAY_KEY_PASSPHRASE").map { Array(String(cString: $0).utf8) }
  }

  /// A definition file, and what it says about how to sign; what it names lies beside it.
  struct Definition {
    var manifest: ManifestDefinition
    /// Files whose credentials become ingredients (`ingredient_paths`).
    var ingredients: [String] = []
    var timeStampAuthority: String?
    var algorithm: String?
    var key: String?
    var certificates: String?
  }

  static func definition(_ path: String) throws -> Definition {
    var folder = String(path.contains("/") ? path[...(path.lastIndex(of: "/")!)] : "")
    let json: JSONValue
    do { json = try JSONValue.parse(try read(path)) } catch let error as JSONError {
      throw SigningError.definition("\(path), \(error)")
    }
    if let base = json["base_path"]?.string {
      folder = (base.hasPrefix("/") ? base : folder + base) + "/"
    }
    func place(_ name: String) -> String { name.hasPrefix("/") ? name : folder + name }
    var definition = Definition(
      manifest: try ManifestDefinition(json: json) { name in try read(place(name)) })
    definition.ingredients = (json["ingredient_paths"]?.array ?? []).compactMap(\.string)
      .map(place)
    definition.timeStampAuthority = json["ta_url"]?.string
    definition.algorithm = json["alg"]?.string
    definition.key = json["private_key"]?.string.map(place)
    definition.certificates = json["sign_cert"]?.string.map(place)
    return definition
  }

  /// A file as an ingredient, with the manifest store it carries.
  static func ingredient(
    _ path: String, _ relationship: Ingredient.Relationship, id: String, _ verifier: Verifier
  ) throws -> IngredientDefinition {
    let source = try FileByteSource(path: path)
    let format = try AssetFormat.detect(in: source)
    let taken = try IngredientDefinition.Manifest.read(from: source, verifier: verifier)
    return IngredientDefinition(
      id: id, relationship: relationship,
      title: path.split(separator: "/").last.map { String($0) }, format: format.mediaType,
      manifest: taken?.manifest,
      // What an altered manifest shows need not be what the file shows.
      thumbnail: taken.flatMap { $0.report.state == .invalid ? nil : $0.manifest.thumbnail })
  }

  /// `store` as a sidecar file.
  static func save(_ store: [UInt8], to path: String) throws(FileError) {
    let sink = try FileByteSink(path: path)
    try sink.write(store)
    try sink.commit()
  }

  static func complain(_ text: String) {
    let line = Array("assay: \(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}
