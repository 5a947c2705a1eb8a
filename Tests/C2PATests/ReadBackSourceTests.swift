import Bytes
import PKI
import TestKit
import Testing

@testable import C2PA

/// Large files are read back while they are written: what comes back wrong is never called signed.
struct ReadBackSourceTests {
  /// A disk that turns one bit of what it is given, if it is told where.
  private final class Disk: ByteSink {
    private let memory = MemoryByteSink()
    private let fault: Int?

    init(fault: Int? = nil) { self.fault = fault }

    var count: Int { memory.count }

    func write(_ bytes: [UInt8]) {
      var bytes = bytes
      if let fault, (count..<count + bytes.count).contains(fault) { bytes[fault - count] ^= 1 }
      memory.write(bytes)
    }

    func write(_ bytes: [UInt8], at offset: Int) { memory.write(bytes, at: offset) }

    func read(_ range: Range<Int>, into buffer: inout [UInt8]) {
      memory.read(range, into: &buffer)
    }

    func written() -> any ByteSource { memory.written() }
  }

  private static let length = 9 << 20

  private static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(payload.count + 8))
    return bytes + Array(type.utf8) + payload
  }

  private static let clip =
    box("ftyp", Array("isom".utf8) + [0, 0, 2, 0]) + box("moov", [])
    + box("mdat", [UInt8](repeating: 3, count: length))

  private static let sound: [UInt8] = {
    func little(_ value: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let body =
      Array("WAVEdata".utf8) + little(length) + [UInt8](repeating: 3, count: length)
    return Array("RIFF".utf8) + little(body.count) + body
  }()

  private let fixture: SigningFixture
  private var definition: ManifestDefinition {
    ManifestDefinition(
      generator: GeneratorInfo(name: "assay-tests"),
      actions: [
        ActionDefinition(
          "c2pa.created", digitalSourceType: DigitalSourceType.trainedAlgorithmicMedia)
      ])
  }

  init() throws { fixture = try SigningFixture() }

  private func sign(_ file: [UInt8], into disk: Disk, _ pieces: SigningOptions.Pieces) throws {
    var options = SigningOptions()
    options.pieces = pieces
    options.verifier = Verifier(trust: .none, at: SigningFixture.notBefore + 86_400)
    try ManifestSigner.sign(
      file, into: disk, definition: definition, signer: fixture.signer(), options: options)
  }

  @Test(arguments: [(clip, SigningOptions.Pieces.of(1 << 20)), (sound, .never)])
  func `A bit that the disk turned is found`(
    _ file: [UInt8], _ pieces: SigningOptions.Pieces
  ) throws {
    try sign(file, into: Disk(), pieces)
    let error = #expect(throws: SigningError.self) {
      try sign(file, into: Disk(fault: Self.length - 1), pieces)
    }
    guard case .unverified = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `A hash counts for the very plan that it was taken of`() throws {
    var plan = HashPlan()
    plan.append(.bytes(0..<4))
    var layout = HashLayout()
    layout.whole = plan
    let source = ReadBackSource(
      [1, 2, 3, 4, 5], layout, .sha256, whole: [9], leaves: [])
    #expect(source.digest(of: plan, .sha256) == [9])
    #expect(source.digest(of: plan, .sha384) == nil)
    plan.append(.bytes(4..<5))
    #expect(source.digest(of: plan, .sha256) == nil)
    #expect(try plan.digest(of: source, .sha256) == HashAlgorithm.sha256.digest([1, 2, 3, 4, 5]))
  }
}
