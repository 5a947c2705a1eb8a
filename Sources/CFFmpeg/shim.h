#pragma once
// Imported by Media alone, which is linked by assay-media alone. Macros that Swift does not import
// get a static inline wrapper here, named cffmpeg_*.
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavformat/avio.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/samplefmt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

static inline int cffmpeg_error_again(void) { return AVERROR(EAGAIN); }
static inline int cffmpeg_error_end(void) { return AVERROR_EOF; }
static inline int cffmpeg_error_exit(void) { return AVERROR_EXIT; }
static inline int cffmpeg_error_io(void) { return AVERROR(EIO); }
static inline int cffmpeg_error_not_permitted(void) { return AVERROR(EPERM); }
static inline int cffmpeg_error_invalid(void) { return AVERROR_INVALIDDATA; }
static inline int cffmpeg_error_no_memory(void) { return AVERROR(ENOMEM); }
static inline int64_t cffmpeg_no_timestamp(void) { return AV_NOPTS_VALUE; }
static inline AVRational cffmpeg_time_base(void) { return AV_TIME_BASE_Q; }
static inline AVChannelLayout cffmpeg_layout_mono(void) {
  return (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO;
}
static inline AVChannelLayout cffmpeg_layout_stereo(void) {
  return (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
}
// AVFrame's planes and strides are tuples in Swift.
static inline uint8_t *cffmpeg_plane(const AVFrame *frame, int index) { return frame->data[index]; }
static inline int cffmpeg_stride(const AVFrame *frame, int index) { return frame->linesize[index]; }
// A whole picture into one packed plane (RGB24, GRAY8). Returns rows written or an error.
static inline int cffmpeg_scale_packed(struct SwsContext *scaler, const AVFrame *frame, uint8_t *to,
                                       int stride) {
  uint8_t *const planes[4] = {to, 0, 0, 0};
  const int strides[4] = {stride, 0, 0, 0};
  return sws_scale(scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
                   planes, strides);
}
// Bytes of one plane of a picture: rows times stride, the last row to its end.
static inline int64_t cffmpeg_plane_size(const AVFrame *frame, int index) {
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
  if (!format || frame->linesize[index] <= 0) return 0;
  int shift = index == 1 || index == 2 ? format->log2_chroma_h : 0;
  return (int64_t)frame->linesize[index] * AV_CEIL_RSHIFT(frame->height, shift);
}

// The other way: one packed plane into a frame whose buffers exist.
static inline int cffmpeg_scale_from_packed(struct SwsContext *scaler, const uint8_t *from,
                                            int stride, AVFrame *frame) {
  const uint8_t *const planes[4] = {from, 0, 0, 0};
  const int strides[4] = {stride, 0, 0, 0};
  return sws_scale(scaler, planes, strides, 0, frame->height, frame->data, frame->linesize);
}
