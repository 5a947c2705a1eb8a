"""What happens to clips on their way: each attack is ffmpeg's arguments between input and output."""

LINES_480 = "scale='if(gt(iw,ih),-2,480)':'if(gt(iw,ih),480,-2)'"
OVERLAY = ("drawbox=x=iw*0.04:y=ih*0.05:w=iw*0.30:h=ih*0.16:color=white@0.9:t=fill,"
           "drawbox=x=0:y=ih*0.80:w=iw:h=ih*0.12:color=black@0.75:t=fill")


def h264(crf, filters=None):
    return (["-vf", filters] if filters else []) + [
        "-c:v", "libx264", "-preset", "medium", "-pix_fmt", "yuv420p", "-crf", str(crf)]


# Where 100 % of ids must come back, for clips that keep 360 lines or more.
REQUIRED = {
    "CRF 28": h264(28),
    "50 % resize": h264(28, "scale=trunc(iw/4)*2:-2"),
    "20 % crop": h264(28, "crop=trunc(iw*0.4)*2:trunc(ih*0.4)*2:iw*0.13:ih*0.07"),
    "480p": h264(28, LINES_480),
    "15 fps": h264(28, "fps=15"),
    "mirror": h264(28, "hflip"),
    "letterbox": h264(28, "pad='max(iw,ih)':'max(iw,ih)':(ow-iw)/2:(oh-ih)/2"),
    "overlay": h264(28, OVERLAY),
}
OTHERS = {
    "none": None,
    "CRF 23": h264(23),
    "CRF 33": h264(33),
    "50 % and back": h264(28, "scale=trunc(iw/4)*2:-2,scale=iw*2:-2"),
    "brightness, contrast": h264(28, "eq=brightness=0.08:contrast=1.25:saturation=1.4"),
    "rotate 2 degrees": h264(28, "rotate=2*PI/180"),
    "quarter turn": h264(28, "transpose=1"),
    "noise": h264(28, "noise=alls=14:allf=t:all_seed=1"),
    "blur": h264(28, "gblur=sigma=1.2"),
    "HEVC 30": ["-c:v", "libx265", "-preset", "fast", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p",
                "-crf", "30"],
    "VP9 36": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "6", "-b:v", "0", "-crf", "36",
               "-pix_fmt", "yuv420p"],
    "9:16 crop": h264(28, "crop='if(gt(iw,ih),trunc(ih*9/32)*2,iw)':'if(gt(iw,ih),ih,trunc(iw*0.5)*2)'"),
    "crop, 480p, 20 fps": h264(
        30, "crop=trunc(iw*0.45)*2:trunc(ih*0.45)*2:iw*0.03:ih*0.08," + LINES_480 + ",fps=20"),
    "one JPEG frame": ["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "6", "-pix_fmt", "yuvj420p", "-f", "image2",
                       "-update", "1"],
}
SUFFIX = {"VP9 36": ".webm", "one JPEG frame": ".jpg"}
