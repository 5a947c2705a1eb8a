#pragma once

// The few calls of ONNX Runtime's C API that inference needs, reached through dlopen: the product
// builds, starts and tests on a machine without the runtime, where "classifier missing" is a state
// like any other.
//
// Every function that can fail returns 0 for success or writes a sentence into `error`.

#include <stddef.h>
#include <stdint.h>

typedef struct onnx_session onnx_session;
typedef struct onnx_value onnx_value;

enum { ONNX_MAX_RANK = 8, ONNX_MAX_VALUES = 16 };

// ONNXTensorElementDataType, as far as these models use it.
enum { ONNX_FLOAT = 1, ONNX_INT64 = 7 };

// Loads the shared library once for the process. A second call succeeds without loading again.
// Not thread safe: the caller holds a lock.
int onnx_runtime_open(const char *library, char *error, size_t capacity);
const char *onnx_runtime_version(void);

// A session over a model in memory, which is copied. NULL on failure.
onnx_session *onnx_session_create(
    const void *model, size_t size, int threads, char *error, size_t capacity);
void onnx_session_release(onnx_session *session);

// A tensor over memory that the caller keeps alive as long as the value. NULL on failure.
onnx_value *onnx_value_over(
    void *data, size_t size, const int64_t *shape, size_t rank, int type, char *error,
    size_t capacity);
void onnx_value_release(onnx_value *value);

// Type, shape and element count of a tensor; `shape` has room for ONNX_MAX_RANK numbers.
int onnx_value_describe(
    const onnx_value *value, int *type, int64_t *shape, size_t *rank, size_t *count, char *error,
    size_t capacity);
// The tensor's elements, alive as long as the value. NULL when it is no tensor.
const void *onnx_value_data(onnx_value *value);

// Thread safe. On success the caller owns outputs[0 ..< output_count].
int onnx_session_run(
    onnx_session *session, const char *const *input_names, const onnx_value *const *inputs,
    size_t input_count, const char *const *output_names, size_t output_count,
    onnx_value **outputs, char *error, size_t capacity);
