import Bytes
import Testing

struct Base64Tests {
  /// RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func agreesWithTheStandardsVectors(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
  }

  @Test(arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "=m9v", "Zg==Zg=="])
  func refusesEverySecondSpelling(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
