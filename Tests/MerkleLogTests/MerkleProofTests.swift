import MerkleLog
import Testing

struct MerkleProofTests {
  @Test func `the classic inclusion proof`() {
    let tree = tree(classicLeaves)
    let proof = tree.inclusionProof(index: 5, size: 7)
    #expect(
      proof == [
        hash("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
        hash("b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"),
        hash("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
      ])
  }

  @Test func `the classic consistency proofs`() {
    let tree = tree(classicLeaves)
    let left = hash("837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e")
    #expect(
      tree.consistencyProof(from: 3, to: 7) == [
        hash("0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"),
        hash("07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"),
        hash("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"), left,
      ])
    #expect(tree.consistencyProof(from: 4, to: 7) == [left])
    #expect(
      tree.consistencyProof(from: 6, to: 8) == [
        hash("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
        hash("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
        hash("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
      ])
  }

  @Test func `every leaf of every small tree is proved, and only by its own proof`() {
    let tree = tree((0..<40).map { Array("entry-\($0)".utf8) })
    for size in UInt64(1)...40 {
      let root = tree.root(size: size)
      for index in 0..<size {
        let leaf = TreeHash.leaf(Array("entry-\(index)".utf8))
        let proof = tree.inclusionProof(index: index, size: size)
        func isGood(
          leaf: TreeHash = leaf, index: UInt64 = index, size: UInt64 = size,
          proof: [TreeHash] = proof, root: TreeHash = root
        ) -> Bool {
          MerkleProof.verifyInclusion(
            leaf: leaf, index: index, size: size, proof: proof, root: root)
        }
        #expect(isGood())
        #expect(!isGood(leaf: .empty))
        #expect(!isGood(root: .empty))
        #expect(!isGood(proof: proof + [.empty]))
        #expect(!isGood(proof: [.empty] + proof))
        #expect(!isGood(index: size))
        #expect(!isGood(size: 0))
        if !proof.isEmpty {
          #expect(!isGood(proof: Array(proof.dropLast())))
          #expect(!isGood(proof: Array(proof.dropFirst())))
          #expect(!isGood(index: index ^ 1))
        }
      }
    }
  }

  @Test func `every pair of small trees is consistent, and nothing else is`() {
    let tree = tree((0..<40).map { Array("entry-\($0)".utf8) })
    for new in UInt64(1)...40 {
      for old in UInt64(1)...new {
        let proof = tree.consistencyProof(from: old, to: new)
        func isGood(
          old: UInt64 = old, oldRoot: TreeHash = tree.root(size: old), new: UInt64 = new,
          newRoot: TreeHash = tree.root(size: new), proof: [TreeHash] = proof
        ) -> Bool {
          MerkleProof.verifyConsistency(
            old: old, oldRoot: oldRoot, new: new, newRoot: newRoot, proof: proof)
        }
        #expect(isGood())
        #expect(!isGood(oldRoot: .empty))
        #expect(!isGood(newRoot: .empty))
        #expect(!isGood(proof: proof + [.empty]))
        #expect(!isGood(old: 0))
        #expect(!isGood(old: new + 1))
        if !proof.isEmpty {
          #expect(!isGood(proof: []))
          #expect(!isGood(proof: Array(proof.dropLast())))
          #expect(!isGood(proof: Array(proof.dropFirst())))
        }
      }
    }
  }
}
