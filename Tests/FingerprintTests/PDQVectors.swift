/// What the reference says of the patterns of `PDQTests`.
enum PDQVectors {
  struct Pattern: Sendable {
    let width: Int
    let height: Int
    let quality: Int
    /// As it is, turned by 90, 180, 270 degrees, mirrored along x, y and both diagonals.
    let dihedral: [String]
    var hash: String { dihedral[0] }
  }

  static let patterns = [
    Pattern(
      width: 64, height: 64, quality: 100,
      dihedral: [
        "9199339b739ac33bcf388e3a1e1a3c727874f071e57141f807f157a0cff01f00",
        "9c62c70961e01c3a0f83f0f07e0f07c0e01efe051dfe0005fe10ffff3700aff7",
        "c4cd993326cf69939a6d24904b4f96d82d255adab425eb5252a4fd0a9ab5b5aa",
        "c9376da33495b6905ad65a5a2b5aad6ab54b54af48a3aaadab4555554255055d",
        "9198cc6673983cc4cf3871c51e1ac38d78700f8fc170be0707d1a85fcfe0e0ff",
        "c4cd66cc26cf966e9a6ddb6f4b4f69272d25a525b42514ad52a402f59aa54a55",
        "9c6238f661e0e3c50f830f2f7e0ff83fe01e01fa1dfefffafe1000807700d068",
        "c937925c34b5496f5ad6a5a52b5a5295b54bab5048ab5552ab45aaaa7255faa2",
      ]),
    Pattern(
      width: 5, height: 5, quality: 9,
      dihedral: [
        "6b4ad63794a55c1f94a5de35294a81e0c272294a6b5a749d94a55e17695a7e1f",
        "7d882b48927383e2d66783e2d6b57c9d29587c1d6d882b48927783e2d2e783e2",
        "3e0f749d81e0d4b581f0749f3c0f2b4a932783603e0fde37c1e0f4b5380fd4b5",
        "38ddabe2d7262948c33229ca93f0d6377c0dd6b738dda3eac726294887b22948",
        "6b5a29c8d4b5a3e0d4a521ca6b5a7e1fc672d6356b5a8b6294b5a1e86d5a81e0",
        "3e0f8b62c1f0ab4ac1f08b607e1fd4b597277c9f3e0f23c8c1f00b4a3c0f2b4a",
        "6d88d4b782737c1d96677c1dc4a58362291883e26d8854b792737c1dd2e77c1d",
        "38dd541dc726d6b78332d63581f029c87c0d294838dd5c15c722d6b787b2d6b7",
      ]),
    Pattern(
      width: 65, height: 63, quality: 100,
      dihedral: [
        "999833997390e73acf198f3a1e3a3c727c74f070e171c1f807d177a0c7f01f80",
        "9c72c709f1e41c3a8f81e0707e0f03c0e01ffe051ff60007de10ff7f9700b7d7",
        "eccfbb3726c74d909a6d25904b6f96d829215adab4246b525284fd4a9ab5b52a",
        "c9276da3a4b1b690dad44ada2b5aa96ab54a54ab42a3aaaf8b4555d542551d7d",
        "b998cc66739018c5cf1970c51e3ac38d7c740f8fe1713e0707d1881fc7f0e07f",
        "eccf66cc26c5b26f9a6cda6f4b6f69272921a525b42494ad528422f592b54ad5",
        "9c7238f671e4e3c58f811f8f7e0ffc3fe01f01fa17f6fffade10008017004828",
        "c927925ce4b5496fdad6b5256b5a5695b54aab544aa355528b45ea2ae255ea82",
      ]),
    Pattern(
      width: 300, height: 200, quality: 100,
      dihedral: [
        "bf6396ed175d489cfb77f8f68b039321ffdf94a38ffe0c679025002410293009",
        "ce88eb7f8400977606b0bf4f83a0d65f54e0f34f8d7acf5f7081c34b0ed09425",
        "f7753e2b4448ea36c432424cdf56a98b8a8aae295aa3a6cdc574aaae5574baa2",
        "9b9541d55154399c53e515a596f57cf501b519e5d80d61f525d469e15b05368f",
        "82206936111dbf63916607098a03fcdedfdd6b5c0fd4f3981021fffb0001cff7",
        "f775c1dc444815c9c432bdb3df5656748a8a55f65aa15932c57455515574455d",
        "cfe81c808c81edcb9eb0e0f0eba0aba054e0ecb0cd7e3ca070a37cbc8ef0ebdb",
        "9bddbe2ad155c22353e5ea5ad6f5830a01b5a61ad86f9a0a65d4961e5ba5c170",
      ]),
    Pattern(
      width: 129, height: 511, quality: 100,
      dihedral: [
        "9a8ffff5fbbfff55454150aad5477e7e000050ab14857efe78101123d012512b",
        "f2028aaf71108eef7118aeff7000e5ffa010a6ff2515aee725508dffa454859a",
        "d5d754ffaffa55ff5414ea809450d6d25555ea805554d2104d45aa89d555aa8b",
        "a757660f2555a44f245d4655a5556f55f5650f557045255df0452755f105af70",
        "928b45aafbbf00aa0141ffd5c545a3d70000bffd0081af555810fffed000fffe",
        "d5d7ab00affaaa005414157fd450292d5555155e55542def5d455576d5555574",
        "f2027f5b7118f77ff1185b30f1107a05e4705b106555711aa551f330a757fa65",
        "a757ddfa2445dbb2244dfbaa2555b0aaf545f3aa7000fbb27005d8aaf101d08f",
      ]),
    Pattern(
      width: 1280, height: 720, quality: 100,
      dihedral: [
        "c9590915d1f846b0e911a957e958a901d7dad6a1e955c3ffc1780317c15c57b7",
        "bffb0504ffaadd3ecf36cd3e10d5100032db5145b2db0140b2db9bc036df328a",
        "8c28c3bf80aadc1ebc0403fda80f03af82af7d0fbc00695594aaa9fdacaafd55",
        "eaaeabae0a75e7869a7167944580baaa658eebeae58eaaeae7ce202a718a9820",
        "d97996ead5fe0903e95116a8fd5856ead7fa2858e9552c00c1fef4a8d1fe2800",
        "bc2c3c40a0abb3efbc04fc02a8affc54a2af82febc009eaab4ab5e42bcab82ea",
        "affabafb0f2020c1cf2010c110d5efbf30d1a6ba3059febfa29a44370495cd75",
        "faaf50510a7718699a77986b45804555658e0415e58e5415f7ce5fd573ca47d5",
      ]),
    Pattern(
      width: 34, height: 42, quality: 100,
      dihedral: [
        "b25ba6cb6aea4dca8aaa15ca29525292a5b6d9363666d8c4e38c8f1c78fc5378",
        "88888aa462aa7a843a56ab5bc12de9323d9809cc28e36c38bc0fff01ffe03fff",
        "c30e0c603dbf2620ddffbf207c077838f0e3619c63336266a6d925b62d2979d2",
        "9d88600eb7ffd0266f0301f1b478439828cda3667db6d692a95a55abaab59555",
        "b25b59346aeab23588aaaa352952ad6da5b626c93666273be38c70e3787c2c87",
        "c70e33163dbf188fddff009f7c0707c7f0e30c6363330d91a6d95a492d29062d",
        "c8dc315be2aa85733a5654a4e92d16cd7d9af63328e383c7fc0f00feffe0c000",
        "8c888bf137ff2f816f037e0e9438ac6728cd48997db6296da94aaa54aab52aaa",
      ]),
  ]
}
