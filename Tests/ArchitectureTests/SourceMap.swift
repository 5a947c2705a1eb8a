import Foundation
import TestKit

/// A target and the targets and products it may import.
struct TargetRow: Equatable {
  let name: String
  let imports: Set<String>
}

/// The table of `Sources/README.md`, the rows of `Package.swift`, and the sources' import lines.
enum SourceMap {
  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: TestKit.packageRoot + "/" + path, encoding: .utf8)
  }

  /// Rows of the table under "Targets": ring, name in backticks, imports in backticks.
  static func readmeRows() throws -> [(ring: Int, row: TargetRow)] {
    try text("Sources/README.md").split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 6, let ring = Int(cells[1]), let name = quoted(cells[2], by: "`").first
      else { return nil }
      return (ring, TargetRow(name: name, imports: Set(quoted(cells[3], by: "`"))))
    }
  }

  /// Rows of the manifest but for tests. It is read as text: `library("Name", [...])`,
  /// `command("Name", [...])`, `.target(name: "Name")` and `.systemLibrary(name: "Name", ...)`.
  static func manifestRows() throws -> [TargetRow] {
    let manifest = try text("Package.swift")
    guard let start = manifest.range(of: "  targets: [\n"),
      let end = manifest.range(of: "// Tests.")
    else { return [] }
    let body = manifest[start.upperBound..<end.lowerBound]
      .split(separator: "\n").filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }
      .joined(separator: "\n")
    return calls(in: body).compactMap { call in
      guard let name = quoted(call, by: "\"").first else { return nil }
      guard let open = call.firstIndex(of: "["), !call.contains("providers:") else {
        return TargetRow(name: name, imports: [])
      }
      return TargetRow(name: name, imports: dependencies(String(call[open...])))
    }
  }

  /// The text between the parentheses of each call on the outermost level.
  private static func calls(in body: String) -> [String] {
    var calls: [String] = []
    var current = ""
    var depth = 0
    for character in body {
      if character == ")" {
        depth -= 1
        if depth == 0 {
          calls.append(current)
          current = ""
        }
      }
      if depth > 0 { current.append(character) }
      if character == "(" { depth += 1 }
    }
    return calls
  }

  /// Names in a list such as `["Bytes", grdb, .product(name: "X", package: "y")], settings: …`.
  private static func dependencies(_ list: String) -> Set<String> {
    guard !list.hasPrefix("[.") || list.contains("product") else { return [] }
    var inside = String(list.prefix { $0 != "]" })
    var names: Set<String> = []
    while let product = inside.range(of: ".product(") {
      let close = inside[product.upperBound...].firstIndex(of: ")") ?? inside.endIndex
      names.formUnion(quoted(String(inside[product.upperBound..<close]), by: "\"").prefix(1))
      inside.removeSubrange(product.lowerBound..<close)
    }
    if inside.contains("argumentParser") { names.insert("ArgumentParser") }
    if inside.contains("grdb") { names.insert("GRDB") }
    return names.union(quoted(inside, by: "\""))
  }

  private static func quoted(_ text: String, by quote: Character) -> [String] {
    let parts = text.split(separator: quote, omittingEmptySubsequences: false)
    return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
  }

  /// Files with this ending under a folder of the package, by path from the package's root.
  static func files(under folder: String, suffix: String) -> [String] {
    let root = URL(fileURLWithPath: TestKit.packageRoot + "/" + folder).path
    let found = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }.sorted()
  }

  /// The modules that a Swift file imports.
  static func imports(of path: String) throws -> Set<String> {
    let modifiers: Set<Substring> = [
      "public", "package", "internal", "fileprivate", "private", "@testable",
      "@preconcurrency", "@_exported",
    ]
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let"]
    var modules: Set<String> = []
    for line in try text(path).split(separator: "\n") {
      var words = line.split(separator: " ")
      while let first = words.first, modifiers.contains(first) { words.removeFirst() }
      guard words.first == "import", words.count >= 2 else { continue }
      let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
      modules.insert(String(name.split(separator: ".")[0]))
    }
    return modules
  }
}
