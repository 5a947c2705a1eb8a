/// A harmless sentence in each of the disguises that the normaliser takes off.
enum Texts {
  static let all: [(name: String, text: String)] = [
    ("plain", "A paper boat in a gutter, Straße 12, seen from above."),
    ("escapes", "a%20paper%2520boat &amp;lt;b&gt; \\u0070aper &#98;oat"),
    ("lookalikes", "а рареr bоаt, ｐａｐｅｒ 𝓫𝓸𝓪𝓽, pa\u{200B}per b\u{0301}oat"),
    ("tags", "a <b>pa</b>per <i>bo</i>at [color=red]in[/color] a gutter"),
    ("base64", "read this: YSBwYXBlciBib2F0IGluIGEgZ3V0dGVy and 612070617065722062"),
    ("rot13", "n cncre obng va n thggre sebz nobir, naq gur enva"),
    ("backward", "evoba morf nees rettug a ni taob repap a"),
    ("spelt", "a p a p e r b-o-a-t in a g.u.t.t.e.r, p4p3r b04t, paperboatgutter"),
    ("languages", "東京の紙の船 кораблик из бумаги قارب ورقي 한국어 종이배"),
  ]
}
