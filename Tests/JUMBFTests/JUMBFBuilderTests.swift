import JUMBF
import Testing

struct JUMBFBuilderTests {
  @Test(arguments: [nil, [UInt8](repeating: 7, count: 16)])
  func `A box under a new label is otherwise as it was`(salt: [UInt8]?) throws {
    let contents = JUMBFBuilder.box(.cbor, [0xA0])
    let old = JUMBFBuilder.superbox(.cbor, label: "one", salt: salt, contents: contents)
    let box = try JUMBFSuperbox.parse(old)
    #expect(
      JUMBFBuilder.relabelled(box, in: old, as: "another")
        == JUMBFBuilder.superbox(.cbor, label: "another", salt: salt, contents: contents))
  }
}
