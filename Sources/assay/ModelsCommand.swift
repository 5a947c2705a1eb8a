import ArgumentParser
import C2PA
import Classifiers
import Glibc
import StrictJSON
import VerifyCommands

/// `assay models …`: the weights that the checks answer with.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Install, list and verify the models.",
    subcommands: [Install.self, List.self, Verify.self])

  struct Folder: ParsableArguments {
    @Option(
      name: .long,
      help: ArgumentHelp(
        "The folder of the models. (default: $ASSAY_MODELS or .models)", valueName: "dir"))
    var models: String?

    var path: String { models ?? Environment["ASSAY_MODELS"] ?? ".models" }
    var store: ModelStore { ModelStore(directory: path) }
  }

  struct Install: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fetch every model by its pinned hash; what is there and whole is kept.",
      discussion: """
        Runs Scripts/models of the project this program was built in. An interrupted run goes on \
        where it stopped. Nothing else of Assay needs the network.
        """)

    @OptionGroup var folder: Folder

    func run() async throws {
      guard let script = Self.script() else {
        complain(
          "Scripts/models is not beside this program; call it in the project's folder, or copy a "
            + "folder of models from another machine")
        throw ExitCode(ExitStatus.cannotRead)
      }
      setenv("ASSAY_MODELS", folder.path, 1)
      // The script takes this process's place: its progress, its interruptions, its exit code.
      var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(script), nil]
      execv(script, &arguments)
      complain("\(script) cannot be run: \(String(cString: strerror(errno)))")
      throw ExitCode(ExitStatus.cannotRead)
    }

    /// In this folder, or in one above this program's.
    private static func script() -> String? {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let length = readlink("/proc/self/exe", &buffer, buffer.count)
      var folder = String(
        decoding: buffer.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      var candidates = ["Scripts/models"]
      while let slash = folder.lastIndex(of: "/"), folder.count > 1 {
        folder = String(folder[..<slash])
        candidates.append("\(folder)/Scripts/models")
      }
      return candidates.first { access($0, X_OK) == 0 }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List what is installed: file, version, licence, hash.",
      discussion: "Exit codes: 0 listed, 2 nothing is installed.")

    @OptionGroup var folder: Folder
    @Flag(name: .long, help: "Print one JSON object a file.") var json = false

    func run() async throws {
      let files = folder.store.files
      guard !files.isEmpty else {
        complain("no models are installed in \(folder.path); run assay models install")
        throw ExitCode(ExitStatus.nothingFound)
      }
      for file in files {
        if json {
          let line: JSONValue = [
            "part": .string(file.part), "version": .string(file.version),
            "file": .string(file.path), "licence": .string(file.licence),
            "sha256": .string(file.sha256),
          ]
          print(DisplayText.escapedJSON(line.compact))
        } else {
          print(
            DisplayText.neutralised(
              "\(file.sha256.prefix(16))  \(file.path)  \(file.version)  \(file.licence)"))
        }
      }
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Hash every installed file and compare.",
      discussion:
        "Exit codes: 0 all parts are there and whole, 1 some are damaged, 2 some are missing."
    )

    @OptionGroup var folder: Folder

    func run() async throws {
      let store = folder.store
      var worst = ExitStatus.good
      for part in ModelStore.Part.allCases {
        switch store.state(of: part) {
        case .installed: print("good     \(part.rawValue)")
        case .missing(let why):
          print("missing  \(part.rawValue): \(DisplayText.neutralised(why))")
          if worst == ExitStatus.good { worst = ExitStatus.nothingFound }
        case .unreadable(let why):
          print("damaged  \(part.rawValue): \(DisplayText.neutralised(why))")
          worst = ExitStatus.refused
        }
      }
      if worst != ExitStatus.good { throw ExitCode(worst) }
    }
  }
}

private func complain(_ text: String) {
  let line = Array("assay models: \(DisplayText.neutralised(text))\n".utf8)
  _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
