/// Letters of other scripts that pass for Latin ones (after UTS #39 confusables), folded only in a
/// word that mixes them with Latin letters or in a text that has Latin letters and the word is
/// too short to be a word of its own: a Russian sentence stays Russian.
enum LookAlikes {
  static func fold(_ glyphs: [Glyph]) -> [Glyph] {
    guard glyphs.contains(where: { !$0.scalar.isASCII }),
      glyphs.contains(where: \.isASCIILetter)
    else { return glyphs }
    var out = glyphs
    var start = 0
    while start < out.count {
      guard out[start].isWord else {
        start += 1
        continue
      }
      var end = start
      var hasLatin = false
      var allImitate = true
      while end < out.count, out[end].isWord {
        let isLatin = out[end].isASCIILetter
        hasLatin = hasLatin || isLatin
        allImitate = allImitate && (isLatin || latin[out[end].scalar] != nil)
        end += 1
      }
      if hasLatin || (allImitate && end - start >= 3) || end - start < 3 {
        for index in start..<end {
          if let folded = latin[out[index].scalar] { out[index].scalar = folded }
        }
      }
      start = end
    }
    return out
  }

  private static let latin: [Unicode.Scalar: Unicode.Scalar] = {
    let rows = [
      // Cyrillic, Greek, then small capitals, strokes and Armenian.
      (
        "аеорсхіуѕјһкмтвнгԁԛԝпАЕОРСХІУЅЈКМТВНԌԚԜ",
        "aeopcxiysjhkmtbhrdqwnAEOPCXIYSJKMTBHGQW"
      ),
      (
        "αεορτνικηυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeoptvikhuxwABEZHIKMNOPTYX"
      ),
      (
        "ɡɑıɩʟɴʀᴀʙᴄᴅᴇɢʜɪᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡʏᴢøØłŁđĐħŧաօոսհցք",
        "gaiilnrabcdeghijkmopstuvwyzoOlLdDhtwonuhgp"
      ),
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (foreign, plain) in rows {
      for (from, to) in zip(foreign.unicodeScalars, plain.unicodeScalars) { table[from] = to }
    }
    return table
  }()
}
