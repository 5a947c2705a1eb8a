import ArgumentParser
import Bytes
import C2PA
import Containers
import Glibc
import PKI
import StrictJSON
import VerifyCommands

/// `assay sign IN OUT`: embed Content Credentials into a file.
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign a file: embed Content Credentials that say how it came to be.",
    discussion: """
      Without --manifest the file is recorded as opened and saved again, with itself as its parent: \
      nothing is invented about how it was made. A definition file has the JSON form of the \
      reference library (claim_generator_info, title, assertions, ingredients).
      Exit codes: 0 good, 64 usage, 66 a file cannot be read, 70 signing failed.
      """)

  @Argument(
    help: """
      The file to sign: MP4, MOV, M4A, HEIF, JPEG, PNG, WebP, GIF, TIFF, SVG, WAV, AVI, MP3 or FLAC.
      """)
  var input: String
  @Argument(help: "Where the signed file goes.") var output: String

  @Option(help: "PEM of the signing key (default: the development key).") var key: String?
  @Option(help: "PEM of the certificates, signer first.") var cert: String?
  @Option(help: "es256, es384, es512, ps256, ps384, ps512 or ed25519 (default: the key's own).")
  var alg: String?
  @Option(help: "The title recorded in the manifest.") var title: String?
  @Option(help: "A manifest definition (JSON).") var manifest: String?
  @Option(help: "The file this one was made from: recorded as opened, with its credentials.")
  var parent: String?
  @Option(help: "RELATION=FILE with componentOf or inputTo; may be repeated.")
  var ingredient: [String] = []
  @OptionGroup var trust: TrustOptions

  func validate() throws {
    if (key == nil) != (cert == nil) { throw ValidationError("give --key and --cert together") }
    if let alg, SignatureAlgorithm(rawValue: alg.lowercased()) == nil {
      throw ValidationError("\(alg) is no algorithm that C2PA allows")
    }
    for entry in ingredient where RelatedFile(entry) == nil {
      throw ValidationError("--ingredient takes componentOf=FILE or inputTo=FILE, not \(entry)")
    }
  }

  func run() async throws {
    do {
      let keyPath = key ?? SigningFiles.folder + "/claim.key"
      let chainPath = cert ?? SigningFiles.folder + "/claim.pem"
      let signer = try PEMSigner(
        key: SigningFiles.read(keyPath), chain: SigningFiles.read(chainPath),
        algorithm: alg.flatMap { SignatureAlgorithm(rawValue: $0.lowercased()) })
      let definition = try makeDefinition()
      let signed = try ManifestSigner.sign(
        input: input, output: output, definition: definition, signer: signer)
      print("signed \(output) (\(signed.format.name)): \(signed.manifestLabel)")
    } catch let error as FileError {
      SigningFiles.complain(error.description)
      throw ExitCode(66)
    } catch let error as CommandFailure {
      SigningFiles.complain(error.description)
      throw ExitCode(error.status)
    } catch let error as SigningError {
      SigningFiles.complain(error.description)
      if case .file = error { throw ExitCode(66) }
      if case .definition = error { throw ExitCode(64) }
      throw ExitCode(70)
    }
  }

  private func makeDefinition() throws -> ManifestDefinition {
    let verifier = Verifier(trust: try trust.configuration())
    var definition: ManifestDefinition
    if let manifest {
      definition = try SigningFiles.definition(manifest)
    } else {
      definition = ManifestDefinition(
        generator: GeneratorInfo(name: "assay", version: "0.1.0", specVersion: "2.4.0"),
        actions: [])
    }
    if let title { definition.title = title }
    if let path = parent ?? (manifest == nil ? input : nil) {
      definition.ingredients.insert(
        try SigningFiles.ingredient(path, .parentOf, id: "parent", verifier), at: 0)
      if !definition.actions.contains(where: { $0.action == "c2pa.opened" }) {
        definition.actions.insert(ActionDefinition("c2pa.opened", ingredients: ["parent"]), at: 0)
      }
    }
    for (index, entry) in ingredient.enumerated() {
      guard let related = RelatedFile(entry) else { continue }
      definition.ingredients.append(
        try SigningFiles.ingredient(
          related.path, related.relationship, id: "file-\(index)", verifier))
    }
    return definition
  }
}

/// `RELATION=FILE` of `--ingredient`.
private struct RelatedFile {
  let relationship: Ingredient.Relationship
  let path: String

  init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let relationship = Ingredient.Relationship(rawValue: String(parts[0])),
      relationship != .parentOf
    else { return nil }
    self.relationship = relationship
    path = String(parts[1])
  }
}

/// What the signing commands read.
enum SigningFiles {
  /// `$ASSAY_KEYS/dev`, or `Keys/dev` of the working folder.
  static var folder: String {
    (getenv("ASSAY_KEYS").map { String(cString: $0) } ?? "Keys") + "/dev"
  }

  static func read(_ path: String) throws(FileError) -> [UInt8] {
    try FileByteSource.contents(of: path)
  }

  /// A definition file; what it names lies beside it.
  static func definition(_ path: String) throws -> ManifestDefinition {
    let folder = path.contains("/") ? path[...(path.lastIndex(of: "/")!)] : ""
    let json: JSONValue
    do { json = try JSONValue.parse(try read(path)) } catch let error as JSONError {
      throw SigningError.definition("\(path), \(error)")
    }
    return try ManifestDefinition(json: json) { name in
      try read(name.hasPrefix("/") ? name : folder + name)
    }
  }

  /// A file as an ingredient, with the manifest store it carries.
  static func ingredient(
    _ path: String, _ relationship: Ingredient.Relationship, id: String, _ verifier: Verifier
  ) throws -> IngredientDefinition {
    let source = try FileByteSource(path: path)
    let format = try AssetFormat.detect(in: source)
    return IngredientDefinition(
      id: id, relationship: relationship,
      title: path.split(separator: "/").last.map { String($0) }, format: format.mediaType,
      manifest: try IngredientDefinition.Manifest.read(from: source, verifier: verifier)?.manifest)
  }

  static func complain(_ text: String) {
    let line = Array("assay: \(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}
