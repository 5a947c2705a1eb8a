#pragma once
// Imported by Media alone, which is linked by assay-media alone.
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <x264.h>

// A macro that ends in the library's build number.
static inline x264_t *cx264_open(x264_param_t *parameters) { return x264_encoder_open(parameters); }
// The planes are arrays, which are tuples in Swift.
static inline void cx264_set_plane(x264_picture_t *picture, int index, uint8_t *start, int stride) {
  picture->img.plane[index] = start;
  picture->img.i_stride[index] = stride;
}
static inline const uint8_t *cx264_plane(const x264_picture_t *picture, int index) {
  return picture->img.plane[index];
}
static inline int cx264_stride(const x264_picture_t *picture, int index) {
  return picture->img.i_stride[index];
}
