import Foundation
import Testing

@testable import Classifiers

struct FaceDetectorTests {
  /// The outputs of a model that sees `peaks` in a map of 8 x 4 cells: cell, score, and the same
  /// height and width for all, in pixels.
  private func faces(_ peaks: [(cell: Int, score: Float)], height: Float, width: Float) -> [Face] {
    let cells = 32
    var heat = [Float](repeating: 0, count: cells)
    var scale = [Float](repeating: 0, count: 2 * cells)
    var landmarks = [Float](repeating: 0.5, count: 10 * cells)
    for peak in peaks {
      heat[peak.cell] = peak.score
      scale[peak.cell] = log(height / 4)
      scale[cells + peak.cell] = log(width / 4)
      // The first landmark a quarter from the left, three quarters from the top.
      landmarks[peak.cell] = 0.75
      landmarks[cells + peak.cell] = 0.25
    }
    return FaceDetector.faces(
      heat: heat, scale: scale, offset: [Float](repeating: 0, count: 2 * cells),
      landmarks: landmarks, columns: 8, rows: 4, horizontal: 2, vertical: 3)
  }

  @Test func `A peak is a box around its cell, in pixels of the picture`() throws {
    let face = try #require(faces([(8 + 3, 0.9)], height: 8, width: 4).first)
    #expect(face.score == 0.9)
    // Cell (3, 1) has its middle at (14, 6) of the model's picture.
    #expect(abs(face.left - 24) < 0.01 && abs(face.right - 32) < 0.01)
    #expect(abs(face.top - 6) < 0.01 && abs(face.bottom - 30) < 0.01)
    #expect(abs(face.landmarks[0].x - 26) < 0.01 && abs(face.landmarks[0].y - 24) < 0.01)
  }

  @Test func `Of boxes that cover one another the surest stays`() {
    #expect(faces([(9, 0.6), (10, 0.9)], height: 16, width: 16).map(\.score) == [0.9])
    #expect(faces([(9, 0.6), (15, 0.9)], height: 4, width: 4).map(\.score) == [0.9, 0.6])
    #expect(faces([(9, 0.3)], height: 16, width: 16).isEmpty)
  }

  @Test func `Outputs of another model are no faces`() {
    #expect(
      FaceDetector.faces(
        heat: [0.9], scale: [0], offset: [0, 0], landmarks: [], columns: 1, rows: 1,
        horizontal: 1, vertical: 1
      ).isEmpty)
    let wild = FaceDetector.faces(
      heat: [0.9], scale: [.infinity, .nan], offset: [0, 0],
      landmarks: [Float](repeating: 0, count: 10), columns: 1, rows: 1, horizontal: 1, vertical: 1)
    #expect(wild.allSatisfy { $0.width.isFinite })
  }
}
