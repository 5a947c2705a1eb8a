import Pixels
import Testing

@testable import Classifiers

struct PicturePlanesTests {
  private func picture(_ width: Int, _ height: Int) throws -> RGBImage {
    let pixels = (0..<width * height).flatMap { _ in [10, 20, 30] as [UInt8] }
    return try #require(RGBImage(width: width, height: height, pixels: pixels))
  }

  @Test(arguments: [(1, 1), (33, 700), (1024, 1024), (640, 360)])
  func `Pictures of any size fit the models`(width: Int, height: Int) throws {
    let planes = PicturePlanes(try picture(width, height), side: 384, channels: [0, 1, 2]) { $0 }
    #expect(planes.width % 32 == 0 && planes.height % 32 == 0)
    #expect((32...384).contains(planes.width) && (32...384).contains(planes.height))
    #expect(planes.values.count == 3 * planes.width * planes.height)
  }

  @Test func `Planes come in the order asked for`() throws {
    let planes = PicturePlanes(try picture(64, 32), side: 64, channels: [2, 1, 0]) { $0 / 10 }
    let area = 64 * 32
    #expect([0, area, 2 * area].map { planes.values[$0] } == [3, 2, 1])
  }
}
