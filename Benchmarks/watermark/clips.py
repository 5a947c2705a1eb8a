"""Clips to measure marks on, all made by the ffmpeg command from its own sources: none is kept."""
import subprocess

SLIDES = (
    "drawbox=x=0:y=0:w=1280:h=96:color=0x21405F:t=fill,"
    "drawtext=text='Quarterly figures':fontsize=52:fontcolor=white:x=48:y=22:enable='lt(t,1.2)',"
    "drawtext=text='What comes next':fontsize=52:fontcolor=white:x=48:y=22:enable='gte(t,1.2)',"
    + "".join(
        f"drawtext=text='{line}':fontsize=34:fontcolor=0x303030:x=90:y={150 + 70 * n}:enable='gte(t,{0.3 * n})',"
        for n, line in enumerate((
            "Sales rose in all regions but one", "Costs fell by a tenth since spring",
            "Two plants were opened in May", "Orders wait six weeks on average", "Thanks to everybody who took part")))
    + ",".join(
        f"drawbox=x={820 + 80 * n}:y={620 - h}:w=56:h={h}:color={colour}:t=fill"
        for n, (h, colour) in enumerate((
            (120, "0x3E7CB1"), (210, "0x81A4CD"), (160, "0xF17300"), (300, "0x054A91"), (380, "0x3E7CB1")))))


def disc(colour, width, height, radius, squash=1.0):
    return (f"color={colour}:s={width}x{height}:r=24,format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':"
            f"a='if(lt(hypot(X-{width // 2},(Y-{height // 2})/{squash}),{radius}),255,0)'")


CARTOON = (
    "color=0x7EC8E3:s=1280x720:r=24[sky];color=0x5DA130:s=1280x260:r=24[hill];"
    + disc("0xF6C445", 180, 180, 88) + "[sun];" + disc("0x1B1B3A", 120, 150, 60, 1.2) + "[ball];"
    "color=0xD7263D:s=260x200:r=24,drawbox=t=8:color=black,drawbox=x=40:y=40:w=70:h=70:color=white:t=fill,"
    "drawbox=x=40:y=40:w=70:h=70:color=black:t=6[house];[sky][hill]overlay=0:460[a];"
    "[a][sun]overlay=x='980+20*sin(t)':y=50[b];[b][house]overlay=x='160+30*t':y=330[c];"
    "[c][ball]overlay=x='100+260*t':y='460-180*abs(sin(3*t))'")
CUTS = (
    "mandelbrot=s=1280x720:r=25:start_x=-0.74:start_y=0.18:start_scale=0.01:end_scale=0.01,trim=end=0.4[a];"
    "gradients=s=1280x720:r=25:nb_colors=6:seed=5:speed=0.05,trim=end=0.48[b];testsrc=s=1280x720:r=25,trim=end=0.4[c];"
    "life=s=160x90:mold=6:r=25:ratio=0.3:seed=3:death_color=#203850:life_color=#E0C090,scale=1280:720:flags=bicubic,"
    "trim=end=0.36[d];mandelbrot=s=1280x720:r=25:start_x=0.28:start_y=0.53:start_scale=0.02:end_scale=0.005:end_pts=40,"
    "hue=h=120,trim=end=0.44[e];smptehdbars=s=1280x720:r=25,trim=end=0.4[f];"
    "rgbtestsrc=s=1280x720:r=25,gblur=sigma=30,trim=end=0.36[g];"
    "sierpinski=s=1280x720:r=25:seed=8:jump=60,gblur=sigma=1,trim=end=1.2[h];[a][b][c][d][e][f][g][h]concat=n=8")
# Octaves of noise, as a photograph's spectrum has them, and a slow zoom over them.
ZOOM = (
    ";".join(
        f"color=gray:s={w}x{h}:r=24,trim=end_frame=1,noise=alls={a}:all_seed={n},scale=1920:1080:flags=bicubic,"
        f"format=yuv444p[o{n}]"
        for n, (w, h, a) in enumerate((
            (12, 7, 100), (30, 17, 100), (60, 34, 90), (160, 90, 70), (400, 225, 60), (1920, 1080, 30))))
    + ";[o0][o1]blend=all_mode=average[p];[p][o2]blend=all_expr='A*0.72+B*0.28'[q];"
    "[q][o3]blend=all_expr='A*0.8+B*0.2'[r];[r][o4]blend=all_expr='A*0.86+B*0.14'[s];"
    "[s][o5]blend=all_expr='A*0.92+B*0.08',eq=contrast=1.9,"
    "zoompan=z='1.05+0.0016*on':x='(iw-iw/zoom)/2+on':y='(ih-ih/zoom)/2':d=120:s=1280x720:fps=24")
PLANET = (
    "mandelbrot=s=640x640:r=24:start_x=-0.74:start_y=0.13:start_scale=0.05:end_scale=0.05,"
    "eq=saturation=0.5:contrast=0.7,format=yuva420p,geq=lum='lum(X,Y)*(0.25+0.75*clip((X+Y)/900,0,1))':"
    "cb='cb(X,Y)':cr='cr(X,Y)':a='if(lt(hypot(X-320,Y-320),300),255,0)'[p];"
    "color=black:s=1280x720:r=24,lutyuv=y=0[s];[s][p]overlay=x='300+24*t':y=40,lutyuv=y='if(lt(val,20),0,val)'")

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
    # Chosen after all constants: other kinds of material than those above.
    "slides": ("color=0xF4F1EA:s=1280x720:r=25", SLIDES),
    "cartoon": (CARTOON, None),
    "cuts": (CUTS, None),
    "concert": (
        "color=black:s=320x180:r=24",
        "geq=lum='16+200*exp(-pow((X-160-110*sin(1.3*T)-(Y-10)*0.5*sin(1.3*T))/(8+Y*0.08),2))*exp(-Y/160)"
        "+150*exp(-pow((X-90+60*sin(2.1*T)+(Y-10)*0.4*cos(1.7*T))/(7+Y*0.1),2))*exp(-Y/120)"
        "+90*exp(-pow(hypot(X-230-9*sin(5*T),(Y-120)*0.6)/14,2))'"
        ":cb='128+60*exp(-pow((X-80-55*sin(1.3*T))/12,2))':cr='128+50*exp(-pow((X-45+30*sin(2.1*T))/12,2))',"
        "scale=1280:720:flags=bicubic,drawbox=x=0:y=600:w=1280:h=120:color=black@0.8:t=fill,"
        "noise=alls=9:allf=t:all_seed=44"),
    "snow": ("color=0x808080:s=1280x720:r=25", "noise=alls=60:allf=t:all_seed=12"),
    "zoom": (ZOOM, None),
    "scope": (
        "mandelbrot=s=1280x536:r=24:start_x=-1.25:start_y=0.05:start_scale=0.06:end_scale=0.03:end_pts=96,"
        "eq=contrast=0.6:brightness=-0.1,gblur=sigma=0.8,noise=alls=6:allf=t:all_seed=2,pad=1280:720:0:92:black",
        "drawtext=text='I never said that it would be easy':fontsize=40:fontcolor=white:borderw=2:x=(w-tw)/2:y=560:"
        "enable='gt(t,0.5)'"),
    "ripples": (
        "nullsrc=s=480x270:r=30",
        "geq=lum='120+45*sin(hypot(X-150-20*sin(T),Y-90)/5-6*T)*exp(-hypot(X-150,Y-90)/150)+35*sin(X/9+Y/14+2*T)"
        "+12*sin(X/2.3-Y/3.1+7*T)':cb='140+8*sin(X/40)':cr='118',scale=1920:1080:flags=bicubic,"
        "noise=alls=4:allf=t:all_seed=6"),
    # A lit disc on black at luma 0: what the sparing of black was made with.
    "planet": (PLANET, None),
}
# What the mark's constants were chosen with, loudness on black and flat scenes included; the others had no part in it.
SEEN = {"cells", "dark", "patterns", "planet", "endcard", "credits", "gradients"}

def make(name, path, seconds=4):
    source, filters = CLIPS[name]
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", str(seconds)]
    if filters:
        command += ["-vf", filters]
    command += ["-c:v", "ffv1", "-pix_fmt", "yuv420p", path]
    subprocess.run(command, check=True)
