import Bytes
import JUMBF
import Testing

@Suite struct JUMBFParserTests {
  private let salt = [UInt8](repeating: 7, count: 16)

  private func store() -> [UInt8] {
    let inner = JUMBFBuilder.superbox(
      .cbor, label: "c2pa.actions.v2", salt: salt, contents: JUMBFBuilder.box(.cbor, [0xA0]))
    let file = JUMBFBuilder.superbox(
      .embeddedFile, label: "c2pa.icon",
      contents: JUMBFBuilder.embeddedFile(mediaType: "image/png", content: [1, 2, 3]))
    return JUMBFBuilder.superbox(JUMBFType("c2pa"), label: "c2pa", contents: inner + file)
  }

  @Test func keepsAbsoluteRangesAndSalt() throws {
    let bytes = [0, 0, 0] + store() + [9, 9]
    let box = try JUMBFSuperbox.parse(bytes, in: 3..<bytes.count)
    #expect(box.label == "c2pa")
    #expect(box.type == JUMBFType("c2pa"))
    #expect(box.range == 3..<bytes.count - 2)
    #expect(box.hashedRange == 11..<bytes.count - 2)
    let actions = try #require(box.child(labelled: "c2pa.actions.v2"))
    #expect(actions.salt == salt)
    let payload = try #require(actions.payload(.cbor))
    #expect(bytes[payload] == [0xA0])
    #expect(
      Array(bytes[actions.hashedRange])
        == Array(JUMBFBuilder.hashedPart(Array(bytes[actions.range]))))
  }

  /// C2PA 2.5 section 11.5.3.2: labelled and requestable, and a private box only as salt. What else
  /// the toggles promise would be bytes that nothing reads.
  @Test func descriptionsHoldATypeALabelAndPerhapsSalt() {
    let type = JUMBFType("cbor").bytes
    let label = Array("a\0".utf8)
    func parse(_ rest: [UInt8]) -> Result<JUMBFSuperbox, JUMBFError> {
      let box = JUMBFBuilder.box(
        .superbox, JUMBFBuilder.box(.description, type + rest) + JUMBFBuilder.box(.cbor, [0xA0]))
      return Result { () throws(JUMBFError) in try JUMBFSuperbox.parse(box) }
    }
    let salted = JUMBFBuilder.box(.salt, salt)
    #expect((try? parse([0x03] + label).get())?.salt == .some(nil))
    #expect((try? parse([0x13] + label + salted).get())?.salt == salt)
    let wrong: [[UInt8]] = [
      [0x00], [0x01], [0x02] + label, [0x07] + label + [0, 0, 0, 1],
      [0x0B] + label + [UInt8](repeating: 1, count: 32), [0x13] + label, [0x03] + label + salted,
      [0x13] + label + JUMBFBuilder.box(.salt, Array(salt.dropLast())),
      [0x13] + label + JUMBFBuilder.box(.cbor, salt), [0x13] + label + salted + [0],
      [0x23] + label, [0x03] + Array("a/b\0".utf8), [0x03] + [0], [0x03, 0x61],
    ]
    for rest in wrong {
      #expect(parse(rest) == .failure(.invalidDescription(offset: 8)), "\(rest)")
    }
  }

  @Test func readsEmbeddedFiles() throws {
    let bytes = store()
    let box = try #require(try JUMBFSuperbox.parse(bytes).child(labelled: "c2pa.icon"))
    let parsed = EmbeddedFile(box, in: bytes.span)
    let file = try #require(parsed)
    #expect(file.mediaType == "image/png")
    #expect(file.fileName == nil)
    #expect(Array(bytes[file.content]) == [1, 2, 3])
  }

  @Test func anAmbiguousLabelResolvesToNothing() throws {
    let twin = JUMBFBuilder.superbox(.cbor, label: "twin", contents: [])
    let bytes = JUMBFBuilder.superbox(.uuid, label: "outer", contents: twin + twin)
    let box = try JUMBFSuperbox.parse(bytes)
    #expect(box.superboxes.count == 2)
    #expect(box.child(labelled: "twin") == nil)
  }

  @Test func readsTheLongHeaderForm() throws {
    let short = JUMBFBuilder.superbox(.cbor, label: "x", contents: [])
    var long: [UInt8] = [0, 0, 0, 1] + Array("jumb".utf8)
    long.appendBigEndian(UInt64(short.count + 8))
    long += short.dropFirst(8)
    let box = try JUMBFSuperbox.parse(long)
    #expect(box.hashedRange == 16..<long.count)
    #expect(Array(JUMBFBuilder.hashedPart(long)) == Array(short.dropFirst(8)))
  }

  @Test func everyCutIsAnErrorAndNeverATrap() {
    let bytes = store()
    for count in 0..<bytes.count {
      #expect(throws: JUMBFError.self) { try JUMBFSuperbox.parse(Array(bytes.prefix(count))) }
    }
  }

  @Test func refusesAChildThatLeavesItsParent() throws {
    var bytes = store()
    let child = try #require(try JUMBFSuperbox.parse(bytes).superboxes.last)
    bytes[child.range.lowerBound + 3] += 1
    #expect(throws: JUMBFError.invalidBoxLength(offset: child.range.lowerBound)) {
      try JUMBFSuperbox.parse(bytes)
    }
  }

  @Test func refusesASuperboxWithoutADescription() {
    let bytes = JUMBFBuilder.box(.superbox, JUMBFBuilder.box(.cbor, [0]))
    #expect(throws: JUMBFError.missingDescription(offset: 0)) { try JUMBFSuperbox.parse(bytes) }
  }

  @Test func stopsAtTheBudgets() {
    var bytes = JUMBFBuilder.superbox(.cbor, label: "x", contents: [])
    for _ in 0..<40 { bytes = JUMBFBuilder.superbox(.cbor, label: "x", contents: bytes) }
    do {
      _ = try JUMBFSuperbox.parse(bytes)
      Issue.record("40 levels were read")
    } catch {
      guard case .tooDeep = error else {
        Issue.record("unexpected \(error)")
        return
      }
    }
    let wide = JUMBFBuilder.superbox(
      .cbor, label: "x",
      contents: Array((0..<20).map { _ in JUMBFBuilder.box(.free, []) }.joined()))
    do {
      _ = try JUMBFSuperbox.parse(wide, limits: JUMBFLimits(depth: 4, boxes: 10))
      Issue.record("20 boxes were read")
    } catch {
      guard case .tooManyBoxes = error else {
        Issue.record("unexpected \(error)")
        return
      }
    }
  }
}
