extension RGBImage {
  /// The colour, red, green and blue from 0 to 255, at a place between pixels, from its four neighbours; the edge goes on outside.
  public func sample(x: Float, y: Float) -> SIMD3<Float> {
    let (x, y) = (min(max(x, 0), Float(width - 1)), min(max(y, 0), Float(height - 1)))
    let (column, row) = (Int(x), Int(y))
    let (right, below) = (min(column + 1, width - 1), min(row + 1, height - 1))
    let (fx, fy) = (x - Float(column), y - Float(row))
    func colour(_ column: Int, _ row: Int) -> SIMD3<Float> {
      let index = (row * width + column) * 3
      return SIMD3(Float(pixels[index]), Float(pixels[index + 1]), Float(pixels[index + 2]))
    }
    let upper = colour(column, row) * (1 - fx) + colour(right, row) * fx
    let lower = colour(column, below) * (1 - fx) + colour(right, below) * fx
    return upper * (1 - fy) + lower * fy
  }
}
