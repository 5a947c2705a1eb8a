// swift-tools-version: 6.2
import PackageDescription

// The map of Sources/README.md as a build file: a target imports only what its row names.
// Tests/ArchitectureTests compares the sources' import lines with these rows.

let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Parsers of untrusted bytes: unsafe code does not compile, and no warning is let through.
let parser = house + [.strictMemorySafety(), .treatAllWarnings(as: .error)]

/// Arithmetic on every pixel of every frame: without the optimiser a second of video takes a minute,
/// and what tests say of it is worth nothing.
let arithmetic = house + [.unsafeFlags(["-O"], .when(configuration: .debug))]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = house
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(
  _ subject: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: "\(subject)Tests", dependencies: [.byName(name: subject), "TestKit"] + dependencies,
    resources: resources, swiftSettings: house)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
  name: "assay",
  products: [
    .executable(name: "assay", targets: ["assay"]),
    .executable(name: "assay-verify", targets: ["assay-verify"]),
    .executable(name: "assay-media", targets: ["assay-media"]),
    .library(name: "C2PA", targets: ["C2PA"]),
    .library(name: "MerkleLog", targets: ["MerkleLog"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Ring 0: C. Each is imported by exactly one Swift target.
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(
      name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavfilter", providers: [.apt(["libavfilter-dev"])]),
    // Without pkg-config, whose flags SwiftPM refuses; the headers lie with the system's.
    .systemLibrary(name: "CX264", providers: [.apt(["libx264-dev"])]),
    .target(name: "COnnxRuntime"),
    .target(name: "CSandbox"),

    // Ring 1: base.
    library("Bytes", settings: parser),
    library("Pixels", settings: arithmetic),
    library("StrictJSON", ["CJansson", "Bytes"]),
    library("StrictXML", ["Bytes"], settings: parser),
    library("PKI", ["COpenSSL", "Bytes"]),
    library("Brotli", ["CBrotli"]),

    // Ring 2: formats.
    library("CBOR", ["Bytes"], settings: parser),
    library("JUMBF", ["Bytes"], settings: parser),
    library("COSE", ["Bytes", "CBOR", "PKI"]),
    library("Containers", ["Bytes"], settings: parser),
    library("MerkleLog", ["Bytes", "PKI"], settings: parser),

    // Ring 3: domain.
    library(
      "C2PA", ["Brotli", "Bytes", "PKI", "CBOR", "JUMBF", "COSE", "Containers", "StrictJSON"]),
    library("Labels", ["Bytes", "Containers", "StrictJSON", "StrictXML"], settings: parser),
    library("Evidence", ["Bytes"]),
    library(
      "Policy", ["Bytes", "Evidence", "StrictJSON", "PKI"],
      settings: house + [.strictMemorySafety()]),
    library("Watermark", ["Pixels"], settings: arithmetic),
    library(
      "Fingerprint", ["Bytes", "Pixels", "StrictJSON", "StrictXML"], settings: arithmetic),
    library(
      "Classifiers", ["Bytes", "Evidence", "Pixels", "StrictJSON", "PKI", "COnnxRuntime"],
      settings: arithmetic),
    library("MediaJobs", ["Bytes", "Pixels", "StrictJSON"]),
    library("MediaClient", ["Bytes", "MediaJobs", "Pixels"]),
    library(
      "Media", ["Bytes", "CFFmpeg", "CSandbox", "CX264", "MediaJobs", "Pixels", "Watermark"]),

    // Ring 4: flow.
    library(
      "Moderation",
      [
        "Bytes", "C2PA", "CBOR", "Classifiers", "Containers", "Evidence", "Fingerprint", "Labels",
        "MediaClient", "MediaJobs", "PKI", "Pixels", "Policy", "Provenance", "StrictJSON",
        "Watermark",
      ]),
    library(
      "Provenance",
      [
        "Bytes", "C2PA", "Fingerprint", "MediaClient", "MediaJobs", "PKI", "Pixels", "StrictJSON",
        "Watermark",
      ]),
    library("OutputStore", ["Fingerprint", "Provenance", "Watermark", grdb]),
    library("Compliance", ["C2PA", "Labels", "StrictJSON"]),
    library(
      "RemoteChecks",
      [
        "Bytes", "Classifiers", "Evidence", "Moderation", "Pixels", "Policy", "StrictJSON",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    library(
      "RemoteManifests",
      [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    library("Evaluation", ["Evidence", "Moderation", "StrictJSON"]),
    library("AuditStore", ["Bytes", "Evidence", "MerkleLog", "PKI", "StrictJSON", grdb]),

    // Ring 5: edge.
    library(
      "Gateway",
      [
        "AuditStore", "Bytes", "C2PA", "Classifiers", "Evidence", "Fingerprint", "Labels",
        "MediaClient", "MediaJobs", "MerkleLog", "Moderation", "OutputStore", "PKI", "Pixels",
        "Policy", "Provenance", "RemoteChecks", "StrictJSON", "Watermark", grdb,
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),

    // Ring 6: commands. No logic of their own.
    library(
      "VerifyCommands",
      [
        "Bytes", "C2PA", "CBOR", "Containers", "MerkleLog", "PKI", "StrictJSON", argumentParser,
      ]),
    command(
      "assay",
      [
        "AuditStore", "Bytes", "C2PA", "Classifiers", "Compliance", "Containers", "Evaluation",
        "Evidence", "Fingerprint", "Gateway", "Labels", "MediaClient", "MediaJobs", "MerkleLog",
        "Moderation", "OutputStore", "PKI", "Policy", "Provenance", "RemoteManifests",
        "StrictJSON",
        "VerifyCommands", "Watermark", argumentParser,
        .product(name: "Logging", package: "swift-log"),
      ]),
    command("assay-verify", ["VerifyCommands", argumentParser]),
    command("assay-media", ["Media"]),
    // Not a product: turns training rows into what the text model sees.
    command("read-rows", ["Classifiers", "Evidence", "StrictJSON"]),

    // Tests.
    .target(
      name: "TestKit", dependencies: ["Bytes", "PKI", "Pixels"], path: "Tests/TestKit",
      swiftSettings: house),
    tests("Bytes"),
    tests("StrictJSON"),
    tests("StrictXML"),
    tests("PKI", ["Bytes"]),
    tests("Brotli", ["Bytes"]),
    tests("CBOR", ["Bytes"]),
    tests("JUMBF", ["Bytes"]),
    tests("COSE", ["Bytes", "CBOR", "PKI"]),
    tests("Containers", ["Bytes"]),
    tests("MerkleLog", ["Bytes", "PKI"]),
    tests("Labels", ["Bytes", "Containers"]),
    tests("C2PA", ["Bytes", "CBOR", "COSE", "Containers", "JUMBF", "PKI", "StrictJSON"]),
    tests("Policy", ["Bytes", "Evidence", "StrictJSON"]),
    tests("Watermark", ["Pixels"]),
    tests("Fingerprint", ["Bytes", "Pixels"]),
    tests("Classifiers", ["Evidence", "Pixels"]),
    tests("MediaJobs", ["Pixels", "StrictJSON"]),
    tests("MediaClient", ["Fingerprint", "MediaJobs", "Pixels", "Watermark"]),
    tests(
      "Moderation",
      [
        "Bytes", "C2PA", "Classifiers", "Evidence", "Fingerprint", "MediaClient", "MediaJobs",
        "Pixels", "PKI", "Policy", "Provenance", "StrictJSON", "Watermark",
      ]),
    tests(
      "RemoteChecks",
      [
        "Classifiers", "Evidence", "Moderation", "Pixels", "Policy", "StrictJSON",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    tests(
      "RemoteManifests",
      [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    tests(
      "Provenance",
      ["C2PA", "Fingerprint", "MediaClient", "MediaJobs", "StrictJSON", "Watermark"]),
    tests(
      "OutputStore", ["Bytes", "Fingerprint", "Pixels", "Provenance", "Watermark", grdb]),
    tests("Compliance", ["C2PA", "Containers", "Labels", "StrictJSON"]),
    tests("Evaluation", ["StrictJSON"]),
    tests("AuditStore", ["Bytes", "Evidence", "MerkleLog", "PKI", "StrictJSON", grdb]),
    tests(
      "Gateway",
      [
        "Bytes", "C2PA", "Evidence", "MediaClient", "MediaJobs", "Moderation", "OutputStore", "PKI",
        "Pixels", "Policy", "Provenance", "StrictJSON",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestKit"], swiftSettings: house),
    .testTarget(
      name: "ConformanceTests", dependencies: ["TestKit"], exclude: ["Clients"],
      swiftSettings: house),
  ]
)
