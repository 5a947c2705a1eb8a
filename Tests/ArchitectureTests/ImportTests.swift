import TestKit
import Testing

/// The rings hold: what the map says, what the package declares and what the sources do are one.
@Suite struct ImportTests {
  /// Modules of the toolchain and the C library, free to all but for the rule on Foundation.
  static let system: Set<String> = [
    "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
  ]

  /// Files of rings 1 to 3 that may import Foundation, each with its reason. The rings are kept free
  /// of it because `assay-verify` and `assay-media` stay small, and Data is slow to parse over.
  static let foundationExceptions: [String: String] = [
    "Sources/Classifiers/Text/CompatibilityForms.swift":
      "the standard library keeps the compatibility decomposition (NFKD) to itself"
  ]

  @Test func mapSaysWhatThePackageDeclares() throws {
    let map = try SourceMap.readmeRows().map(\.row)
    let manifest = try SourceMap.manifestRows()
    #expect(manifest.count > 20)
    for row in manifest {
      let inMap = map.first { $0.name == row.name }
      #expect(inMap != nil, "Sources/README.md has no row for \(row.name)")
      guard let inMap else { continue }
      #expect(
        inMap.imports == row.imports,
        """
        Sources/README.md and Package.swift differ on \(row.name). As the package has it: \
        \(row.imports.sorted().map { "`\($0)`" }.joined(separator: ", "))
        """)
    }
    let names = map.map(\.name).sorted()
    #expect(names == manifest.map(\.name).sorted(), "one row a target, and no other rows")
  }

  @Test func sourcesImportOnlyWhatTheirRowNames() throws {
    for (_, row) in try SourceMap.readmeRows() {
      for file in SourceMap.files(under: "Sources/\(row.name)", suffix: ".swift") {
        let stray = try SourceMap.imports(of: file).subtracting(row.imports)
          .subtracting(Self.system)
        #expect(stray.isEmpty, "\(file) imports \(stray.sorted()), which its row does not name")
      }
    }
  }

  @Test func ringsPointInwards() throws {
    let rows = try SourceMap.readmeRows()
    let rings = Dictionary(rows.map { ($0.row.name, $0.ring) }) { first, _ in first }
    for (ring, row) in rows {
      for name in row.imports {
        if let inner = rings[name] {
          #expect(inner <= ring, "\(row.name) of ring \(ring) imports \(name) of ring \(inner)")
        } else {
          #expect(ring >= 4, "\(row.name) of ring \(ring) imports the package product \(name)")
        }
      }
    }
  }

  @Test func eachCModuleHasOneOwner() throws {
    let rows = try SourceMap.readmeRows()
    for (_, module) in rows.filter({ $0.ring == 0 }) {
      let owners = try rows.map(\.row.name).filter { target in
        try SourceMap.files(under: "Sources/\(target)", suffix: ".swift")
          .contains { try SourceMap.imports(of: $0).contains(module.name) }
      }
      #expect(owners.count == 1, "\(module.name) is imported by \(owners)")
    }
    let media = try SourceMap.files(under: "Sources", suffix: ".swift")
      .filter { try SourceMap.imports(of: $0).contains("CFFmpeg") }
    #expect(media.allSatisfy { $0.hasPrefix("Sources/Media/") })
  }

  @Test func innerRingsDoWithoutFoundation() throws {
    var users: Set<String> = []
    for (ring, row) in try SourceMap.readmeRows() where (1...3).contains(ring) {
      for file in SourceMap.files(under: "Sources/\(row.name)", suffix: ".swift")
      where
        !(try SourceMap.imports(of: file).isDisjoint(with: ["Foundation", "FoundationEssentials"]))
      {
        users.insert(file)
      }
    }
    let unexpected = users.subtracting(Self.foundationExceptions.keys).sorted()
    #expect(unexpected.isEmpty, "Foundation without a reason in this test: \(unexpected)")
    let stale = Set(Self.foundationExceptions.keys).subtracting(users).sorted()
    #expect(stale.isEmpty, "exceptions that nobody needs any more: \(stale)")
  }
}
