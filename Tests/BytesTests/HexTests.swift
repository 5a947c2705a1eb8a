import Bytes
import Testing

struct HexTests {
  @Test func writesLowerCaseAndReadsBoth() {
    #expect(Hex.encode([0, 0x7F, 0xAB, 255]) == "007fabff")
    #expect(Hex.decode("007FabFf") == [0, 0x7F, 0xAB, 255])
  }

  @Test(arguments: ["0", "0g", " 00", "0x00"])
  func refusesWhatIsNoHexadecimal(text: String) {
    #expect(Hex.decode(text) == nil)
  }
}
