import ArgumentParser
import Bytes
import C2PA
import Containers
import Gateway
import Glibc
import Labels
import PKI
import VerifyCommands

/// `assay sign IN OUT`: embed Content Credentials into a file.
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign a file: embed Content Credentials that say how it came to be.",
    discussion: """
      Without --manifest the file is recorded as opened and saved again, with itself as its parent: \
      nothing is invented about how it was made. A definition file has the JSON form of the \
      reference library (claim_generator_info, title, assertions, ingredients). What was written is \
      verified before it gets its name. An encrypted key is opened with ASSAY_KEY_PASSPHRASE or \
      --passphrase-file.
      Exit codes: 0 good, 64 usage, 66 a file cannot be read, 70 signing failed, 75 the time \
      stamping authority failed.
      """)

  @Argument(
    help: """
      The file to sign: MP4, MOV, M4A, HEIF, AVIF, JPEG, PNG, WebP, GIF, TIFF, DNG, SVG, WAV, AVI, \
      MP3 or FLAC.
      """)
  var input: String
  @Argument(help: "Where the signed file goes.") var output: String

  @Option(help: "PEM of the signing key (default: the development key).") var key: String?
  @Option(help: "PEM of the certificates, signer first.") var cert: String?
  @Option(help: "A file whose first line opens an encrypted key.") var passphraseFile: String?
  @Option(help: "es256, es384, es512, ps256, ps384, ps512 or ed25519 (default: the key's own).")
  var alg: String?
  @Option(help: "The title recorded in the manifest.") var title: String?
  @Option(help: "A manifest definition (JSON).") var manifest: String?
  @Option(help: "The file this one was made from: recorded as opened, with its credentials.")
  var parent: String?
  @Option(help: "RELATION=FILE with componentOf or inputTo; may be repeated.")
  var ingredient: [String] = []
  @Option(help: "URL of a time stamping authority (RFC 3161) that says when it was signed.")
  var tsa: String?
  @Flag(help: "Sign also when the authority gives no time stamp, and say so.")
  var tsaOptional = false
  @Option(help: "A DER OCSP response about the signer, to be carried along; may be repeated.")
  var ocsp: [String] = []
  @Option(help: "Write the credentials into this file (.c2pa) instead of into OUT.")
  var sidecar: String?
  @Option(help: "With --sidecar: the URL where it will lie, recorded in the file (XMP).")
  var remote: String?
  @Flag(help: "Add to the file's credentials without changing its content: an update manifest.")
  var update = false
  @Option(help: "URI[=REASON] of an assertion to take out of an earlier manifest.")
  var redact: [String] = []
  @Option(help: "Hash an MP4's media in pieces of so many KiB, or never (default: from 64 MiB on).")
  var pieces: String?
  @Option(help: "A media segment that IN is the initialization of, in order; may be repeated.")
  var fragment: [String] = []
  @OptionGroup var label: LabelOptions
  @OptionGroup var trust: TrustOptions

  func validate() throws {
    if (key == nil) != (cert == nil) { throw ValidationError("give --key and --cert together") }
    if let alg, SignatureAlgorithm(rawValue: alg.lowercased()) == nil {
      throw ValidationError("\(alg) is no algorithm that C2PA allows")
    }
    for entry in ingredient where RelatedFile(entry) == nil {
      throw ValidationError("--ingredient takes componentOf=FILE or inputTo=FILE, not \(entry)")
    }
    if let tsa, HTTPTimeStamper(url: tsa) == nil {
      throw ValidationError("--tsa takes an http or https URL, not \(tsa)")
    }
    if let pieces, pieces != "never", Int(pieces).map({ $0 < 1 || $0 > 1 << 20 }) ?? true {
      throw ValidationError("--pieces takes a number of KiB, or never")
    }
    if update, sidecar != nil || parent != nil || !ingredient.isEmpty || !fragment.isEmpty {
      throw ValidationError("--update goes with the file's own credentials and nothing else")
    }
    if remote != nil, sidecar == nil {
      throw ValidationError("--remote needs --sidecar FILE: what is to be put at that URL")
    }
    if !ocsp.isEmpty, tsa == nil {
      throw ValidationError("--ocsp needs --tsa: an answer about a signer counts for a known time")
    }
    if !label.isEmpty, update || !fragment.isEmpty {
      throw ValidationError("labels change the file: they go with neither --update nor --fragment")
    }
    if !fragment.isEmpty, sidecar != nil {
      throw ValidationError("segments carry their credentials: --sidecar and --fragment exclude")
    }
  }

  func run() async throws {
    do {
      try sign()
    } catch let error as FileError {
      SigningFiles.complain(error.description)
      throw ExitCode(66)
    } catch let error as CommandFailure {
      SigningFiles.complain(error.description)
      throw ExitCode(error.status)
    } catch let error as LabelError {
      SigningFiles.complain("\(input): \(error)")
      throw ExitCode(error.exitStatus)
    } catch let error as SigningError {
      SigningFiles.complain(error.description)
      switch error {
      case .file: throw ExitCode(66)
      case .definition: throw ExitCode(64)
      case .timeStamp: throw ExitCode(75)
      default: throw ExitCode(70)
      }
    }
  }

  private func sign() throws {
    let file = try manifest.map { try SigningFiles.definition($0) }
    let keyPath = key ?? file?.key ?? SigningFiles.folder + "/claim.key"
    let chainPath = cert ?? file?.certificates ?? SigningFiles.folder + "/claim.pem"
    let signer = try PEMSigner(
      key: SigningFiles.read(keyPath), chain: SigningFiles.read(chainPath),
      algorithm: (alg ?? file?.algorithm).flatMap { SignatureAlgorithm(rawValue: $0.lowercased()) },
      passphrase: try SigningFiles.passphrase(passphraseFile))
    let definition = try makeDefinition(file)
    let options = try makeOptions(file)
    let signed: SignedAsset
    if !label.isEmpty {
      let source = try FileByteSource(path: input)
      let format = try AssetFormat.detect(in: source)
      let labels = try label.labels(
        continuing: LabelReading(source, format: format).validLabel)
      let labelled = try LabelWriter.labelled(
        source, format: format, labels: labels, replacing: label.replaceLabels)
      let sink = try FileByteSink(path: output)
      signed = try ManifestSigner.sign(
        labelled.asset, into: sink, definition: definition, signer: signer, options: options)
      try sink.commit()
    } else if fragment.isEmpty {
      signed = try ManifestSigner.sign(
        input: input, output: output, definition: definition, signer: signer, options: options)
    } else {
      signed = try ManifestSigner.sign(
        initialization: .init(input: input, output: output), segments: try segments(),
        definition: definition, signer: signer, options: options)
    }
    if let sidecar { try SigningFiles.save(signed.store, to: sidecar) }
    print("signed \(output) (\(signed.format.name)): \(signed.manifestLabel)")
    switch signed.timeStamp {
    case .notAskedFor: break
    case .stamped(let seconds):
      print("time stamp \(RFC3339.text(seconds: seconds))")
    case .missing(let reason): print("not stamped: \(reason)")
    }
  }

  /// Signed segments go beside OUT, under their own names.
  private func segments() throws -> [ManifestSigner.FilePair] {
    let folder = output.lastIndex(of: "/").map { String(output[...$0]) } ?? ""
    var names: Set<String> = []
    return try fragment.map { path in
      let name = String(path.split(separator: "/").last ?? "")
      let target = folder + name
      guard names.insert(name).inserted, target != path, target != output else {
        throw SigningError.definition(
          "the signed segment \(target) would replace another file: give OUT another folder")
      }
      return .init(input: path, output: target)
    }
  }

  private func makeOptions(_ file: SigningFiles.Definition?) throws -> SigningOptions {
    var options = SigningOptions()
    if let url = tsa ?? file?.timeStampAuthority {
      guard let authority = HTTPTimeStamper(url: url) else {
        throw SigningError.definition("ta_url must be an http or https URL")
      }
      options.timeStamping = tsaOptional ? .optional(authority) : .required(authority)
    }
    options.revocationResponses = try ocsp.map { try SigningFiles.read($0) }
    if sidecar != nil { options.placement = .detached(link: remote) }
    if let pieces { options.pieces = Int(pieces).map { .of($0 << 10) } ?? .never }
    return options
  }

  private func makeDefinition(_ file: SigningFiles.Definition?) throws -> ManifestDefinition {
    let verifier = Verifier(trust: try trust.configuration())
    var definition =
      file?.manifest
      ?? ManifestDefinition(
        generator: GeneratorInfo(name: "assay", version: assayVersion, specVersion: "2.4.0"),
        actions: [])
    definition.isUpdate = update
    if let title { definition.title = title }
    for entry in redact {
      let parts = entry.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      // The URI itself has one: self#jumbf=…
      let uri = parts.prefix(2).joined(separator: "=")
      definition.redactions.append(
        parts.count > 2 ? Redaction(uri: uri, reason: parts[2]) : Redaction(uri: uri))
    }
    // A file that was opened comes from itself as it was, unless something else is said.
    let isOpened =
      manifest == nil || update || definition.actions.first?.action == "c2pa.opened"
    let hasParent = definition.ingredients.contains { $0.relationship == .parentOf }
    if let path = parent ?? (isOpened && !hasParent ? input : nil) {
      var parent = try SigningFiles.ingredient(path, .parentOf, id: "parent", verifier)
      // The content is the parent's, picture and all.
      if update { parent.thumbnail = nil }
      definition.ingredients.insert(parent, at: 0)
      if let index = definition.actions.firstIndex(where: { $0.action == "c2pa.opened" }) {
        if definition.actions[index].ingredients.isEmpty {
          definition.actions[index].ingredients = ["parent"]
        }
      } else {
        definition.actions.insert(ActionDefinition("c2pa.opened", ingredients: ["parent"]), at: 0)
      }
    }
    for (index, path) in (file?.ingredients ?? []).enumerated() {
      definition.ingredients.append(
        try SigningFiles.ingredient(path, .componentOf, id: "path-\(index)", verifier))
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
