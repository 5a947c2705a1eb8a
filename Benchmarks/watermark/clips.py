"""Clips to measure marks on, all made by the ffmpeg command from its own sources: none is kept."""
import subprocess

# name: (lavfi source, filters). Sizes from 400 to 1080 lines, 24 to 30 frames a second, 4 s.
CLIPS = {
    "mandelbrot": ("mandelbrot=s=1280x720:r=24:start_scale=2.2:end_scale=0.4:end_pts=96", None),
    "testcard": ("testsrc2=s=1280x720:r=25", None),
    "life": ("life=s=320x180:mold=10:r=24:ratio=0.15:death_color=#3A2A60:life_color=#B0D060:seed=71",
             "scale=1280:720:flags=bicubic,gblur=sigma=3"),
    "gradients": ("gradients=s=1280x720:r=24:nb_colors=5:seed=97:speed=0.02", None),
    "cells": ("cellauto=s=240x160:r=24:rule=110:seed=13", "scale=960:640:flags=bilinear,gblur=sigma=2,eq=contrast=0.5"),
    "sierpinski": ("sierpinski=s=854x480:r=30:seed=5:jump=30", "gblur=sigma=1.2,eq=contrast=0.7"),
    "grain": ("gradients=s=720x1280:r=24:nb_colors=3:seed=31:speed=0.01", "noise=alls=12:allf=t:all_seed=9"),
    "endcard": ("color=0x2A3550:s=1280x720:r=24",
                "drawbox=x=200:y=180:w=880:h=360:color=0xD8D0C0:t=fill,drawtext=text='The end':fontsize=140:"
                "fontcolor=0x202020:x=(w-tw)/2+20*sin(t):y=(h-th)/2"),
    "fullhd": ("mandelbrot=s=1920x1080:r=24:start_x=-0.1:start_y=0.9:start_scale=0.5:end_scale=0.1:end_pts=96",
               "noise=alls=5:allf=t:all_seed=3"),
    "dark": ("testsrc=s=848x480:r=24", "gblur=sigma=4,eq=brightness=-0.25:contrast=0.6,noise=alls=4:allf=t:all_seed=21"),
    "pan": ("mandelbrot=s=1600x900:r=24:start_x=-0.75:start_y=0.1:start_scale=0.02:end_scale=0.02",
            "crop=1280:720:60+3*n:40+n"),
    "credits": ("color=0x101018:s=1280x720:r=25",
                "drawtext=text='Directed by nobody in particular':fontsize=54:fontcolor=0xE8E4D8:x=(w-tw)/2:y=h-90*t,"
                "drawtext=text='Sound, light and colour':fontsize=40:fontcolor=0xB0B8C8:x=(w-tw)/2:y=h+110-90*t"),
    "patterns": ("mptestsrc=r=24", "scale=768:768:flags=bicubic,noise=alls=3:allf=t:all_seed=15"),
}
# What the mark's constants were chosen with; the others had no part in that.
SEEN = {"cells"}


def make(name, path, seconds=4):
    source, filters = CLIPS[name]
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", str(seconds)]
    if filters:
        command += ["-vf", filters]
    command += ["-c:v", "ffv1", "-pix_fmt", "yuv420p", path]
    subprocess.run(command, check=True)
