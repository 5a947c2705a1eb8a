import COnnxRuntime
import Glibc
import Synchronization

/// ONNX Runtime refused a model or a run; `reason` is its own sentence.
struct InferenceError: Error, Equatable, CustomStringConvertible {
  let reason: String
  var description: String { reason }
}

/// The shared library, loaded once for the process.
enum OnnxRuntime {
  private static let lock = Mutex(())

  static func open(library path: String) throws(InferenceError) {
    let result = lock.withLock { _ in
      ErrorText.collect { text, capacity in onnx_runtime_open(path, text, capacity) == 0 }
    }
    if let reason = result { throw InferenceError(reason: reason) }
  }
}

/// A model that is ready to run. Runs may overlap: the session itself is not changed by them.
///
/// One thread a session: ONNX Runtime's own workers spin while they wait, so on a busy machine two
/// threads a run are slower than one, and requests already run beside each other.
final class OnnxSession: @unchecked Sendable {
  private let handle: OpaquePointer

  /// - Throws: `InferenceError` when the bytes are no model that this runtime can load.
  init(model: [UInt8]) throws(InferenceError) {
    var session: OpaquePointer?
    let reason = ErrorText.collect { text, capacity in
      session = model.withUnsafeBytes {
        onnx_session_create($0.baseAddress, $0.count, 1, text, capacity)
      }
      return session != nil
    }
    guard let session else { throw InferenceError(reason: reason ?? "the model was refused") }
    handle = session
  }

  deinit { onnx_session_release(handle) }

  /// Runs the model. `inputs` and `outputs` go by the names in the model's graph.
  ///
  /// - Throws: `InferenceError` for a wrong name, shape or element type.
  func run(
    _ inputs: [(name: String, value: Tensor)], outputs: [String]
  ) throws(InferenceError) -> [Tensor] {
    let inputNames = inputs.map { UnsafePointer(strdup($0.name)) }
    let outputNames = outputs.map { UnsafePointer(strdup($0)) }
    defer { for name in inputNames + outputNames { free(UnsafeMutablePointer(mutating: name)) } }
    let values = inputs.map { Optional($0.value.handle) }
    var results = [OpaquePointer?](repeating: nil, count: outputs.count)
    let reason = withExtendedLifetime(inputs) {
      ErrorText.collect { text, capacity in
        onnx_session_run(
          handle, inputNames, values, inputs.count, outputNames, outputs.count, &results, text,
          capacity) == 0
      }
    }
    if let reason { throw InferenceError(reason: reason) }
    var tensors: [Tensor] = []
    for result in results {
      guard let result else { throw InferenceError(reason: "the model gave no output") }
      tensors.append(try Tensor(owning: result))
    }
    return tensors
  }
}

/// A dense tensor of floats or 64-bit integers. Never changed once made.
final class Tensor: @unchecked Sendable {
  fileprivate let handle: OpaquePointer
  private let storage: UnsafeMutableRawPointer?
  let shape: [Int]

  convenience init(_ values: [Float], shape: [Int]) throws(InferenceError) {
    try self.init(copying: values, shape: shape, type: Int32(ONNX_FLOAT))
  }

  convenience init(_ values: [Int64], shape: [Int]) throws(InferenceError) {
    try self.init(copying: values, shape: shape, type: Int32(ONNX_INT64))
  }

  private init<Element: BitwiseCopyable>(
    copying values: [Element], shape: [Int], type: Int32
  ) throws(InferenceError) {
    precondition(shape.reduce(1, *) == values.count, "shape and number of elements differ")
    let size = values.count * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(size, 1), alignment: 64)
    values.withUnsafeBytes {
      if let base = $0.baseAddress { memory.copyMemory(from: base, byteCount: size) }
    }
    var value: OpaquePointer?
    let reason = ErrorText.collect { text, capacity in
      value = onnx_value_over(
        memory, size, shape.map(Int64.init), shape.count, type, text, capacity)
      return value != nil
    }
    guard let value else {
      memory.deallocate()
      throw InferenceError(reason: reason ?? "the tensor was refused")
    }
    handle = value
    storage = memory
    self.shape = shape
  }

  fileprivate init(owning handle: OpaquePointer) throws(InferenceError) {
    var type: Int32 = 0
    var rank = 0
    var count = 0
    var dimensions = [Int64](repeating: 0, count: Int(ONNX_MAX_RANK))
    let reason = ErrorText.collect { text, capacity in
      onnx_value_describe(handle, &type, &dimensions, &rank, &count, text, capacity) == 0
    }
    if let reason {
      onnx_value_release(handle)
      throw InferenceError(reason: reason)
    }
    guard type == Int32(ONNX_FLOAT) else {
      onnx_value_release(handle)
      throw InferenceError(reason: "the model's output is not made of floats")
    }
    self.handle = handle
    storage = nil
    shape = dimensions[..<rank].map(Int.init)
  }

  deinit {
    onnx_value_release(handle)
    storage?.deallocate()
  }

  /// A copy of the elements of a float tensor, in row-major order.
  var floats: [Float] {
    guard let data = onnx_value_data(handle) else { return [] }
    let elements = data.assumingMemoryBound(to: Float.self)
    return withExtendedLifetime(self) {
      Array(UnsafeBufferPointer(start: elements, count: shape.reduce(1, *)))
    }
  }
}

private enum ErrorText {
  /// Runs a C call that returns success or writes a sentence; the sentence, or nil for success.
  static func collect(
    _ call: (UnsafeMutablePointer<CChar>, Int) -> Bool
  ) -> String? {
    var text = [CChar](repeating: 0, count: 512)
    let succeeded = text.withUnsafeMutableBufferPointer { call($0.baseAddress!, $0.count) }
    if succeeded { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
