import ArgumentParser
import Bytes
import C2PA
import Glibc
import PKI

/// `assay keys …`: make the keys of an installation, and hear why a certificate is refused.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make signing keys and check certificates.",
    subcommands: [Initialize.self, Check.self])

  struct Initialize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init",
      abstract: "Make development keys: claim signer, audit log, marks.",
      discussion: """
        Makes root.pem, claim.pem, claim.key, log.key, log.vkey and mark.key where they are missing, \
        and never overwrites one. Nobody but you trusts this root: for the public, bring a \
        credential from an authority on the C2PA trust list.
        Exit codes: 0 good, 70 the keys could not be made.
        """)

    @Option(name: .customLong("dir"), help: "The folder for the keys (default: $ASSAY_KEYS/dev).")
    var directory: String?

    @Option(name: .customLong("log-name"), help: "The log's name in its signed notes.")
    var logName = DevelopmentKeys.defaultLogName

    func run() async throws {
      let keys = DevelopmentKeys(directory: directory ?? SigningFiles.folder, logName: logName)
      do {
        for item in try keys.make(now: Int64(time(nil))) {
          print("\(item.isNew ? "made" : "kept") \(keys.directory)/\(item.name): \(item.note)")
        }
      } catch {
        SigningFiles.complain("\(error)")
        throw ExitCode(70)
      }
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Name every rule of the C2PA certificate profile that a certificate breaks.",
      discussion: """
        The file's first certificate is the signer's. Exit codes: 0 it may sign claims, 1 it may not, \
        66 the file cannot be read.
        """)

    @Argument(help: "A PEM file, signer's certificate first.") var certificate: String

    func run() async throws {
      let chain: [Certificate]
      do {
        chain = try Certificate.parsePEM(try FileByteSource.contents(of: certificate))
      } catch {
        SigningFiles.complain("\(certificate): \(error)")
        throw ExitCode(66)
      }
      guard let leaf = chain.first else {
        SigningFiles.complain("\(certificate) holds no certificate")
        throw ExitCode(66)
      }
      var problems = CertificateProfile.violations(of: leaf).map {
        "\($0.rule.rawValue): \($0.explanation)"
      }
      if leaf.isSelfSigned {
        problems.append("selfSigned: no trust list can vouch for a certificate that signs itself")
      }
      if !leaf.isValid(at: Int64(time(nil))) {
        problems.append("validity: it is not valid today")
      }
      print("\(leaf.subject.text), issued by \(leaf.issuer.text)")
      if problems.isEmpty {
        print("good: this certificate may sign claims")
        return
      }
      for problem in problems { print("broken rule \(problem)") }
      throw ExitCode(1)
    }
  }
}
