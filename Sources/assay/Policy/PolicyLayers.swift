import ArgumentParser
import Glibc
import Policy
import VerifyCommands

/// Which policies a command works under.
struct PolicyLayers: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of the policies. (default: $ASSAY_POLICIES or Policies)", valueName: "dir"))
  var policies: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The policies below the floor, comma-separated. (default: $ASSAY_POLICY_LAYERS or "
        + "\(PolicySet.standardLayers.joined(separator: ",")))", valueName: "names"))
  var layers: String?

  var directory: String { policies ?? Environment["ASSAY_POLICIES"] ?? "Policies" }

  var names: [String] {
    (layers ?? Environment["ASSAY_POLICY_LAYERS"]).map(Self.split) ?? PolicySet.standardLayers
  }

  static func split(_ list: String) -> [String] {
    list.split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
  }

  func load() throws(PolicyLoadError) -> PolicySet {
    try PolicySet.load(directory: directory, names: names)
  }

  /// A policy file on the floor of this folder, or a folder with these layers.
  func load(_ path: String) throws(PolicyLoadError) -> PolicySet {
    var facts = stat()
    let isFolder = stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    return isFolder
      ? try PolicySet.load(directory: path, names: names)
      : try PolicySet.load(file: path, directory: directory)
  }
}

/// Variables that are set and not empty.
enum Environment {
  static subscript(name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
