#!/usr/bin/env python3
"""Makes the pictures of the demo chain: `sources.csv` says what each product is made of, this draws it, in 200, 400 and 800 px.

    pip install pillow==11.3.0 numpy==2.3.4 resvg-py==0.5.0
    npm install --prefix /tmp/emoji @lobehub/fluent-emoji-3d@1.1.0
    python3 make.py /tmp/emoji/node_modules/@lobehub/fluent-emoji-3d/assets [--only ID ...] [--out FOLDER]

What is grown, baked or a thing of its own is a picture of that package (MIT, see NOTICE.md). What comes in a pack is a pack drawn
here, in the product's colour of `goods.csv`, with such a picture as its emblem. No words anywhere. The same sources give the same files.
"""
import base64, csv, io, sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image

HERE = Path(__file__).parent
SIZES = (800, 400, 200)
QUALITY = {800: 76, 400: 80, 200: 82}


# --- colours ---

def rgb(h):
    return tuple(int(h[i:i + 2], 16) for i in (1, 3, 5))


def mix(a, b, t):
    return "#%02x%02x%02x" % tuple(round(x + (y - x) * t) for x, y in zip(rgb(a), rgb(b)))


def light(c, t):
    return mix(c, "#ffffff", t)


def dark(c, t):
    return mix(c, "#1d1226", t)


def luma(c):
    r, g, b = rgb(c)
    return (0.3 * r + 0.59 * g + 0.11 * b) / 255


CREAM, STEEL, WOOD = "#fff8ea", "#c9d0d8", "#d9aa6a"


# --- pictures of the package ---

def asset(folder, char):
    code = "-".join(f"{ord(c):x}" for c in char if c != "\ufe0f")
    for name in (code, code + "-fe0f"):
        if (folder / f"{name}.webp").exists():
            return folder / f"{name}.webp"
    raise SystemExit(f"no picture of {char} ({code})")


def tinted(im, colour):
    """The same with its main hue changed to that of `colour`; stalks and leaves of another hue stay."""
    a = np.asarray(im).astype(float)
    hsv = np.asarray(im.convert("RGB").convert("HSV")).astype(float)
    h, s, v = hsv[..., 0], hsv[..., 1], hsv[..., 2]
    weight = s * (a[..., 3] > 128) * v
    top = np.argmax(np.convolve(np.tile(np.histogram(h, 64, (0, 256), weights=weight)[0], 3), np.ones(7), "same")[64:128]) * 4 + 2
    near = np.clip(1.6 - np.abs((h - top + 128) % 256 - 128) / 20, 0, 1) * np.clip((s - 40) / 50, 0, 1)
    body = (near > .6) & (a[..., 3] > 128)
    th, ts, tv = np.asarray(Image.new("RGB", (1, 1), colour).convert("HSV")).astype(float)[0, 0]
    ms, mv = (np.median(s[body]), np.median(v[body])) if body.any() else (128, 128)
    n = hsv.copy()
    n[..., 0] = (th + ((h - top + 128) % 256 - 128) * .5) % 256
    n[..., 1] = np.clip(s * ts / max(ms, 1), 0, 255)
    n[..., 2] = np.clip(v * tv / max(mv, 1) + np.clip(v - mv, 0, None) * .3, 0, 255)
    new = np.asarray(Image.merge("HSV", [Image.fromarray(n[..., i].astype("uint8")) for i in range(3)]).convert("RGB")).astype(float)
    a[..., :3] += (new - a[..., :3]) * near[..., None]
    return Image.fromarray(a.astype("uint8"))


@lru_cache(None)
def picture(folder, char, tint):
    im = Image.open(asset(folder, char)).convert("RGBA")
    im = im.crop(im.getchannel("A").getbbox())
    if tint:
        im = tinted(im, tint)
    w, h = im.size
    k = 560 / max(w, h)
    im = im.resize((round(w * k), round(h * k)), Image.LANCZOS)
    out = io.BytesIO()
    im.save(out, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode(), w / max(w, h), h / max(w, h)


# --- the pen ---

class Art:
    def __init__(self, folder, colour, goods, beside, tint):
        self.folder, self.c, self.goods, self.beside, self.tint = folder, colour, goods, beside, tint
        self.defs, self.body, self.n = [], [], 0

    def name(self):
        self.n += 1
        return f"d{self.n}"

    def lin(self, stops, x2=1, y2=0):
        n = self.name()
        s = "".join(f'<stop offset="{o}" stop-color="{c}"/>' if len(c) == 7 else f'<stop offset="{o}" stop-color="{c[:7]}" stop-opacity="{int(c[7:], 16) / 255:.2f}"/>' for o, c in stops)
        self.defs.append(f'<linearGradient id="{n}" x1="0" y1="0" x2="{x2}" y2="{y2}">{s}</linearGradient>')
        return f"url(#{n})"

    def rad(self, stops, cx=.36, cy=.3, r=.8):
        n = self.name()
        s = "".join(f'<stop offset="{o}" stop-color="{c}"/>' for o, c in stops)
        self.defs.append(f'<radialGradient id="{n}" cx="{cx}" cy="{cy}" r="{r}">{s}</radialGradient>')
        return f"url(#{n})"

    def round(self, c):
        """What light from the left does on something round that stands."""
        return self.lin([(0, dark(c, .3)), (.1, dark(c, .08)), (.27, light(c, .5)), (.42, light(c, .1)), (.68, dark(c, .06)), (.92, dark(c, .34)), (1, dark(c, .2))])

    def soft(self, c):
        """The same on something filled and soft."""
        return self.rad([(0, light(c, .42)), (.45, light(c, .04)), (.8, dark(c, .14)), (1, dark(c, .32))], .36, .34, .78)

    def path(self, d, fill, more=""):
        self.body.append(f'<path d="{d}" fill="{fill}" {more}/>')

    def rect(self, x, y, w, h, r, fill, more=""):
        self.body.append(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}" {more}/>')

    def oval(self, x, y, rx, ry, fill, more=""):
        self.body.append(f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}" {more}/>')

    def blurred(self, inside, by, opacity=1.0):
        self.body.append(f'<g filter="url(#b{by})" opacity="{opacity}">{inside}</g>')

    def shadow(self, x, y, rx, ry=22):
        self.blurred(f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="#3a2a48"/>', 14, .30)

    def shine(self, d, opacity=.55, by=6):
        self.blurred(f'<path d="{d}" fill="none" stroke="#fff" stroke-width="20" stroke-linecap="round"/>', by, opacity)

    def image(self, char, x, y, size, turn=0, tint=None, opacity=1):
        data, w, h = picture(self.folder, char, tint)
        w, h = w * size, h * size
        self.body.append(f'<image href="{data}" x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" opacity="{opacity}" transform="rotate({turn} {x} {y})"/>')

    def emblem(self, x, y, size, plate=None):
        """What is inside, on the front of a pack: on a plate where the pack's colour would swallow it."""
        if not self.goods:
            return
        if plate:
            self.oval(x, y, size * .66, size * .66, plate)
        if len(self.goods) == 1:
            self.image(self.goods[0], x, y, size, 0, self.tint)
        else:
            self.image(self.goods[1], x + size * .25, y + size * .12, size * .68, 8)
            self.image(self.goods[0], x - size * .17, y - size * .04, size * .78, -6, self.tint)

    def done(self):
        for i, char in enumerate(self.beside):
            x = 625 - 150 * i if i < 2 else 180
            self.shadow(x, 722, 78, 14)
            self.image(char, x, 648, 170, 0)
        blurs = "".join(f'<filter id="b{n}" x="-60%" y="-60%" width="220%" height="220%"><feGaussianBlur stdDeviation="{n}"/></filter>' for n in (3, 6, 10, 14))
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800"><defs>{blurs}{"".join(self.defs)}</defs>{"".join(self.body)}</svg>'


# --- goods without a pack ---

PLACES = {
    "one": [(400, 400, 590)],
    "pair": [(500, 390, 390), (285, 455, 420)],
    "trio": [(400, 265, 340), (555, 500, 350), (255, 510, 360)],
    "five": [(280, 270, 290), (520, 265, 290), (170, 500, 290), (630, 495, 290), (400, 535, 320)],
    "heap": [(400, 205, 230), (265, 345, 240), (530, 340, 240), (150, 520, 240), (400, 505, 250), (650, 515, 240)],
    "stack": [(400, 200, 265), (270, 370, 275), (535, 370, 275), (170, 548, 285), (405, 548, 285), (640, 548, 285)],
    "side": [(330, 390, 500), (600, 570, 260)],
}


def loose(a, kind):
    places = PLACES[kind]
    low = max(y + s * .46 for _, y, s in places)
    wide = (max(x + s / 2 for x, _, s in places) - min(x - s / 2 for x, _, s in places)) / 2
    a.shadow(400, min(low, 735), wide * .72)
    for i, (x, y, s) in enumerate(places):
        char = a.goods[i % len(a.goods)]
        a.image(char, x, y, s, 0, a.tint if i % len(a.goods) == 0 else None)


def cone(a):
    """Ice of another colour on the same wafer."""
    for x, y, size in ((330, 400, 560), (610, 580, 270)):
        a.shadow(x, y + size * .48, size * .26, 16)
        a.image("🍦", x, y, size)
        n = a.name()
        a.defs.append(f'<clipPath id="{n}"><rect x="0" y="0" width="800" height="{y + size * .15:.0f}"/></clipPath>')
        a.body.append(f'<g clip-path="url(#{n})">')
        a.image("🍦", x, y, size, 0, a.tint)
        a.body.append("</g>")


# --- packs ---

def plate(c):
    return light(c, .86)


def bottle(a):
    c, water = a.c, mix(a.c, "#ffffff", .3)
    a.shadow(400, 735, 140)
    a.path("M355 168C355 222 285 240 285 318V432Q297 450 285 470V690Q285 735 330 735H470Q515 735 515 690V470Q503 450 515 432V318C515 240 445 222 445 168Z", a.round(water))
    a.path("M285 372Q400 398 515 372V588Q400 614 285 588Z", a.round(c))
    a.path("M285 372Q400 398 515 372V384Q400 410 285 384ZM285 576Q400 602 515 576V588Q400 614 285 588Z", a.round(light(c, .7)))
    a.rect(352, 78, 96, 62, 12, a.round(dark(c, .3) if luma(c) > .35 else STEEL))
    a.rect(346, 138, 108, 18, 8, a.round(dark(c, .38) if luma(c) > .35 else STEEL))
    a.rect(360, 154, 80, 20, 4, a.round(water))
    a.emblem(400, 492, 138, plate(c))
    a.shine("M325 300V690", .5)


def bottles(a):
    for x, y, k in ((560, 700, .82), (260, 700, .82), (410, 745, .92)):
        a.body.append(f'<g transform="translate({x} {y}) scale({k}) translate(-400 -738)">')
        bottle(a)
        a.body.append("</g>")


def glass(a):
    c = a.c
    a.shadow(400, 740, 130)
    a.path("M362 150V258C362 312 292 322 292 396V704Q292 740 330 740H470Q508 740 508 704V396C508 322 438 312 438 258V150Z", a.round(dark(c, .08)))
    a.rect(358, 66, 84, 96, 10, a.round("#d8b45c" if luma(c) < .45 else dark(c, .5)))
    a.rect(356, 146, 88, 16, 6, a.round("#b88f3a" if luma(c) < .45 else dark(c, .6)))
    a.path("M292 434Q400 456 508 434V650Q400 672 292 650Z", a.round(CREAM))
    a.path("M292 434Q400 456 508 434V446Q400 468 292 446ZM292 638Q400 660 508 638V650Q400 672 292 650Z", a.round(mix(c, "#d33a2c", .25)))
    a.emblem(400, 552, 136)
    a.shine("M330 400V690", .4)
    a.shine("M380 180V260", .4, 3)


def oil(a):
    c = a.c
    a.shadow(400, 738, 165)
    a.path("M350 158C350 210 255 214 255 320V690Q255 738 305 738H495Q545 738 545 690V320C545 214 450 210 450 158Z", a.round(light(c, .06)))
    a.path("M545 300C610 300 622 350 612 410C604 456 575 470 545 470V440C566 436 576 424 580 402C588 352 580 334 545 334Z", a.round(light(c, .1)))
    a.rect(346, 76, 108, 74, 12, a.round("#d0392e"))
    a.rect(354, 148, 92, 22, 5, a.round(light(c, .3)))
    a.path("M255 400Q400 428 545 400V650Q400 680 255 650Z", a.round(CREAM))
    a.path("M255 400Q400 428 545 400V420Q400 448 255 420Z", a.round("#d0392e"))
    a.emblem(400, 544, 170)
    a.shine("M300 330V690", .45)


def jug(a):
    c = a.c
    a.shadow(410, 736, 190)
    a.path("M290 210C290 250 225 262 225 350V690Q225 736 275 736H535Q590 736 590 680V420C590 300 540 236 420 210ZM470 300C520 322 545 372 545 430Q545 462 520 462Q496 462 494 432C492 384 470 356 446 340Q430 296 470 300Z", a.round(c), 'fill-rule="evenodd"')
    a.rect(292, 100, 128, 82, 14, a.round(light(c, .72)))
    a.rect(284, 178, 144, 36, 10, a.round(dark(c, .2)))
    a.emblem(370, 590, 165, plate(c))
    a.shine("M268 360V680", .5)


def pump(a):
    c = a.c
    pale = light(c, .22)
    a.shadow(400, 738, 155)
    a.path("M392 168H412V232H392Z", a.round("#e9edf2"))
    a.path("M300 120Q300 104 316 104H440Q462 104 462 126V160Q462 172 448 172H372Q364 172 364 160V146H326Q318 146 318 158V172H296V140Z", a.lin([(0, "#ffffff"), (.5, "#e6ebf1"), (1, "#b9c1cc")], 0, 1))
    a.rect(340, 228, 120, 60, 12, a.round("#eef1f5"))
    a.path("M345 286H455C520 296 535 330 535 390V684Q535 738 480 738H320Q265 738 265 684V390C265 330 280 296 345 286Z", a.round(pale))
    a.rect(294, 410, 212, 254, 40, light(c, .88), 'opacity=".94"')
    a.emblem(400, 536, 160)
    a.shine("M300 372V690", .55)


def tube(a):
    c = a.c
    a.shadow(400, 738, 96)
    a.rect(338, 640, 124, 98, 16, a.round(light(c, .8)))
    a.path("M270 96H530L478 620Q476 644 454 644H346Q324 644 322 620Z", a.round(light(c, .12)))
    a.path("M276 150Q400 168 524 150L504 350Q400 372 296 350Z", a.round(light(c, .86)))
    a.rect(262, 66, 276, 46, 8, a.round(light(c, .3)))
    a.path("M300 66V112M340 66V112M380 66V112M420 66V112M460 66V112M500 66V112", "none", f'stroke="{dark(c, .3)}" stroke-opacity=".25" stroke-width="5"')
    a.emblem(400, 256, 150)
    a.path("M309 480Q400 498 491 480L487 522Q400 540 313 522Z", a.round(dark(c, .2)), 'opacity=".75"')
    a.shine("M330 140L352 600", .5)


def jar(a):
    c = a.c
    a.shadow(400, 730, 175)
    a.path("M275 270H525C550 290 562 306 562 350V660Q562 730 500 730H300Q238 730 238 660V350C238 306 250 290 275 270Z", a.round(c))
    a.path("M275 270H525C550 290 560 304 561 336Q400 362 239 336C240 304 250 290 275 270Z", "#ffffff", 'opacity=".30"')
    a.path("M238 400Q400 430 562 400V636Q400 668 238 636Z", a.round(CREAM))
    a.path("M238 400Q400 430 562 400V416Q400 446 238 416Z", a.round(dark(c, .15)))
    a.emblem(400, 536, 178)
    a.rect(262, 176, 276, 92, 18, a.round("#d9b25a" if luma(c) < .5 else dark(c, .28)))
    a.oval(400, 182, 132, 16, light("#d9b25a" if luma(c) < .5 else dark(c, .28), .45))
    a.shine("M284 350V680", .45)


def cream(a):
    """A low jar."""
    c = a.c
    a.shadow(400, 676, 215)
    a.path("M195 430H605V590Q605 672 525 672H275Q195 672 195 590Z", a.round(light(c, .35)))
    a.path("M182 270Q182 240 215 240H585Q618 240 618 270V424Q400 462 182 424Z", a.round(light(c, .84)))
    a.path("M182 412Q400 450 618 412V426Q400 464 182 426Z", a.round("#d9b25a"))
    a.oval(400, 256, 200, 20, light(c, .96))
    a.emblem(400, 556, 140, light(c, .9))
    a.shine("M230 290V400", .6)


def can(a, x=400, s=1.0, base=738):
    c = a.c
    g = f'transform="translate({x} {base}) scale({s}) translate(-400 -738)"'
    a.shadow(x, base, 118 * s)
    a.body.append(f"<g {g}>")
    a.path("M300 176L318 132H482L500 176V694L480 738H320L300 694Z", a.round(STEEL))
    a.path("M296 190Q400 216 504 190V688Q400 714 296 688Z", a.round(c))
    a.path("M296 560Q400 500 504 548V688Q400 714 296 688Z", a.round(dark(c, .2) if luma(c) > .22 else light(c, .25)), 'opacity=".8"')
    a.oval(400, 134, 84, 17, "#e8ecf1")
    a.oval(400, 136, 70, 12, "#aab3bd")
    a.oval(400, 138, 26, 5, "#e8ecf1")
    a.emblem(400, 410, 142, light(c, .84))
    a.shine("M334 220V670", .55)
    a.body.append("</g>")


def cans(a):
    can(a, 540, .82, 690)
    can(a, 300, .92, 738)


def tin(a):
    c = a.c
    a.shadow(400, 664, 222)
    a.path("M184 290V610Q184 664 400 664Q616 664 616 610V290Z", a.round(c))
    a.path("M184 580Q184 632 400 632Q616 632 616 580V612Q616 664 400 664Q184 664 184 612Z", a.round(STEEL))
    a.path("M184 300Q184 352 400 352Q616 352 616 300V320Q616 372 400 372Q184 372 184 320Z", a.round(STEEL))
    a.oval(400, 290, 216, 58, a.lin([(0, "#f4f6f9"), (.5, "#d5dbe2"), (1, "#a9b2bd")], 1, 1))
    a.oval(400, 290, 186, 46, a.lin([(0, "#b8c0ca"), (.5, "#e9edf1"), (1, "#ccd3db")], 1, 1))
    a.oval(400, 280, 40, 12, "none", 'stroke="#9aa4b0" stroke-width="9"')
    a.emblem(400, 490, 190, plate(c))
    a.shine("M232 380V600", .5)


def milktin(a):
    c = a.c
    a.shadow(400, 738, 190)
    a.path("M230 200H570V690Q570 738 400 738Q230 738 230 690Z", a.round(light(c, .82)))
    a.path("M230 470Q330 400 400 440T570 400V690Q570 738 400 738Q230 738 230 690Z", a.round(c))
    a.path("M218 130Q218 92 400 92Q582 92 582 130V222Q582 254 400 254Q218 254 218 222Z", a.round(c))
    a.oval(400, 132, 178, 34, light(c, .4))
    a.emblem(400, 400, 210)
    a.shine("M272 280V680", .55)


def tub(a):
    c = a.c
    a.shadow(400, 700, 170)
    a.path("M212 300H588L548 656Q543 700 498 700H302Q257 700 252 656Z", a.round(c))
    a.path("M196 214Q196 188 225 188H575Q604 188 604 214V290Q604 312 575 312H225Q196 312 196 290Z", a.round(light(c, .72)))
    a.oval(400, 196, 184, 14, light(c, .92))
    a.emblem(400, 500, 200, plate(c))
    a.shine("M262 350L290 650", .5)


def cup_of(a, x, y, k):
    c = a.c
    a.shadow(x, y, 120 * k)
    a.body.append(f'<g transform="translate({x} {y}) scale({k}) translate(-400 -700)">')
    a.path("M262 330H538L512 660Q508 700 470 700H330Q292 700 288 660Z", a.round(light(c, .8)))
    a.path("M274 476Q400 512 526 476L512 660Q508 700 470 700H330Q292 700 288 660Z", a.round(c))
    a.path("M244 300Q244 284 262 284H538Q556 284 556 300V326Q556 340 538 340H262Q244 340 244 326Z", a.round("#dfe5ec"))
    a.oval(400, 296, 146, 22, a.lin([(0, "#ffffff"), (.5, light(c, .55)), (1, light(c, .2))], 1, 1))
    a.emblem(400, 500, 150, "#ffffff")
    a.shine("M296 370L312 650", .5)
    a.body.append("</g>")


def yogurt(a):
    cup_of(a, 540, 640, .9)
    cup_of(a, 285, 720, 1.08)


def tea(a):
    c = a.c
    a.shadow(400, 748, 120)
    a.body.append('<path d="M452 60L412 420" stroke="%s" stroke-width="26" stroke-linecap="round" opacity=".95"/>' % dark(c, .25))
    a.path("M262 236H538L500 712Q496 748 460 748H340Q304 748 300 712Z", a.round("#e9f1f6"), 'opacity=".75"')
    milk = a.lin([(0, light(c, .62)), (.3, light(c, .22)), (.7, c), (1, dark(c, .12))], 0, 1)
    a.path("M271 300Q400 326 529 300L495 706Q492 736 458 736H342Q308 736 305 706Z", milk)
    a.path("M271 300Q400 326 529 300L495 706Q492 736 458 736H342Q308 736 305 706Z", a.lin([(0, "#1d122655"), (.16, "#1d122600"), (.3, "#ffffff66"), (.44, "#ffffff00"), (.8, "#1d122611"), (1, "#1d122655")]))
    if "pearl" in a.beside:
        for i in range(17):
            x, y = 328 + (i * 53) % 150, 716 - (i // 3) * 27
            a.oval(x, y, 15, 15, a.rad([(0, "#8a6650"), (.5, "#3c251c"), (1, "#1f120e")]))
        a.beside = [b for b in a.beside if b != "pearl"]
    if "ice" in a.beside:
        for x, y, t in ((340, 352, -12), (452, 358, 14), (398, 420, 4)):
            a.image("🧊", x, y, 96, t, None, .62)
        a.beside = [b for b in a.beside if b != "ice"]
    a.path("M246 206Q246 190 264 190H536Q554 190 554 206V240Q554 252 536 252H264Q246 252 246 240Z", a.round("#f3f7fa"), 'opacity=".92"')
    a.oval(400, 196, 146, 16, "#ffffff", 'opacity=".9"')
    a.emblem(400, 540, 128, "#ffffff")
    a.shine("M306 300L328 700", .6)


def hotcup(a):
    c = a.c
    a.shadow(400, 744, 128)
    a.path("M256 220H544L506 706Q502 744 464 744H336Q298 744 294 706Z", a.round("#f7f3ec"))
    a.path("M266 344Q400 376 534 344L514 610Q400 642 286 610Z", a.round(c))
    a.path("M242 176Q242 160 260 160H540Q558 160 558 176V216Q558 232 540 232H260Q242 232 242 216Z", a.round(dark(c, .45)))
    a.path("M276 164L292 116Q296 106 308 106H492Q504 106 508 116L524 164Z", a.round(dark(c, .38)))
    a.oval(400, 112, 92, 9, dark(c, .15))
    a.emblem(400, 486, 150, plate(c))
    a.shine("M296 260L318 700", .5)


def ice_cup(a):
    c = a.c
    a.shadow(400, 740, 130)
    a.path("M248 220H552L512 702Q508 740 470 740H330Q292 740 288 702Z", a.round(light(c, .55)), 'opacity=".7"')
    for i, (x, y) in enumerate([(350, 655), (452, 660), (342, 540), (456, 548), (400, 440), (312, 420), (486, 424), (350, 320), (462, 322)]):
        a.image("🧊", x, y, 140, (i * 37) % 40 - 20)
    a.path("M248 220H552L512 702Q508 740 470 740H330Q292 740 288 702Z", a.lin([(0, "#3a6f9455"), (.15, "#ffffff00"), (.28, "#ffffff99"), (.4, "#ffffff00"), (.85, "#3a6f9411"), (1, "#3a6f9455")]))
    a.rect(232, 176, 336, 54, 18, a.round(c))
    a.oval(400, 182, 156, 14, light(c, .8))


def bowl(a):
    c = a.c
    a.shadow(400, 700, 170)
    a.path("M186 330H614L556 650Q548 700 496 700H304Q252 700 244 650Z", a.round(c))
    a.path("M196 388Q400 440 604 388L594 440Q400 492 206 440Z", a.round(light(c, .8)))
    a.path("M172 300Q172 284 190 284H610Q628 284 628 300V326Q628 344 610 344H190Q172 344 172 326Z", a.round("#f6efe2"))
    a.oval(400, 292, 218, 46, a.lin([(0, "#ffffff"), (.55, light(c, .66)), (1, light(c, .3))], 1, 1))
    a.image(a.goods[0], 400, 276, 92, 0, a.tint)
    a.emblem(400, 556, 176, plate(c))
    a.shine("M236 400L276 640", .45)


def pouch(a):
    c = a.c
    a.shadow(400, 738, 200)
    a.path("M208 110H592Q600 300 612 690Q560 738 400 738Q240 738 188 690Q200 300 208 110Z", a.soft(c))
    a.path("M194 610Q300 560 420 606T608 590L612 690Q560 738 400 738Q240 738 188 690Z", dark(c, .22), 'opacity=".55"')
    a.path("M206 104H594L596 168H204Z", a.lin([(0, dark(c, .18)), (.3, light(c, .35)), (.6, c), (1, dark(c, .28))]))
    a.path("M204 168H596", "none", f'stroke="{dark(c, .4)}" stroke-opacity=".35" stroke-width="4"')
    a.path("M210 196H590", "none", f'stroke="{light(c, .6)}" stroke-opacity=".6" stroke-width="7" stroke-linecap="round"')
    a.oval(400, 420, 172, 172, plate(c))
    a.emblem(400, 420, 252)
    a.shine("M232 220L216 660", .6, 10)
    a.shine("M572 240L586 560", .25, 6)


def pillow(a):
    c = a.c
    a.shadow(400, 742, 190)
    a.path("M214 92Q400 108 586 92Q566 180 606 300Q628 420 606 540Q570 650 590 730Q400 716 210 730Q230 650 194 540Q172 420 194 300Q234 180 214 92Z", a.soft(c))
    for y, up in ((92, 1), (730, -1)):
        zig = "".join(f"l9 {9 * up}l9 {-9 * up}" for _ in range(21))
        a.path(f"M211 {y - 4 * up}{zig}L589 {y + 46 * up}Q400 {y + 58 * up} 211 {y + 46 * up}Z", a.lin([(0, dark(c, .2)), (.3, light(c, .4)), (.6, c), (1, dark(c, .3))]))
    a.path("M188 505Q300 430 400 480T613 445Q613 570 588 684Q400 696 212 684Q204 600 188 505Z", light(c, .3), 'opacity=".5"')
    a.oval(400, 390, 160, 160, plate(c))
    a.emblem(400, 390, 246)
    a.shine("M238 190Q206 330 222 520", .6, 10)
    a.shine("M470 150Q560 170 566 260", .3, 10)


def sack(a):
    c = a.c
    a.shadow(400, 744, 220)
    a.path("M232 92H568Q592 150 604 260Q640 480 610 700Q520 744 400 744Q280 744 190 700Q160 480 196 260Q208 150 232 92Z", a.soft(CREAM))
    a.path("M184 330Q400 380 616 330Q630 470 622 600Q400 654 178 600Q170 470 184 330Z", a.soft(c))
    a.path("M230 86H570L576 146Q400 160 224 146Z", a.lin([(0, dark(CREAM, .2)), (.3, "#ffffff"), (.6, CREAM), (1, dark(CREAM, .25))]))
    a.path("M238 126H566", "none", f'stroke="{dark(c, .2)}" stroke-width="6" stroke-dasharray="16 10"')
    a.oval(400, 470, 142, 142, "#fffdf6")
    a.emblem(400, 470, 210)
    a.shine("M222 220Q190 420 206 650", .55, 10)


def block(a, x, y, w, h, d, c, front=None):
    """A box: front, side and lid; `d` is how deep it looks."""
    up = d * .5
    a.shadow(x + w / 2 + d / 2, y + h - 4, (w + d) * .52, 20)
    j = 'stroke-linejoin="round" stroke-width="14" '
    a.path(f"M{x + w} {y}L{x + w + d} {y - up}V{y + h - up}L{x + w} {y + h}Z", dark(c, .26), j + f'stroke="{dark(c, .26)}"')
    a.path(f"M{x} {y}L{x + d} {y - up}H{x + w + d}L{x + w} {y}Z", light(c, .42), j + f'stroke="{light(c, .42)}"')
    a.rect(x - 7, y - 7, w + 14, h + 14, 9, front or a.lin([(0, light(c, .26)), (.5, c), (1, dark(c, .1))], 1, 1))
    a.path(f"M{x + w + 7} {y}L{x + w + d} {y - up}V{y + h - up}L{x + w + 7} {y + h}Z", a.lin([(0, "#1d122600"), (1, "#1d122644")], 0, 1))


def box(a):
    c = a.c
    block(a, 165, 235, 380, 480, 110, c)
    a.path("M158 560Q280 480 380 540T552 500V722H158Z", dark(c, .2), 'opacity=".55"')
    a.oval(355, 440, 150, 150, plate(c))
    a.emblem(355, 440, 226)
    a.shine("M186 262V690", .35, 6)


def flat(a):
    """A box that lies."""
    c = a.c
    block(a, 115, 370, 460, 300, 120, c)
    a.path("M108 560Q260 490 360 540T582 510V677H108Z", dark(c, .18), 'opacity=".5"')
    a.oval(345, 515, 122, 122, plate(c))
    a.emblem(345, 515, 186)
    a.shine("M136 396V644", .35, 6)


def carton(a):
    c = a.c
    block(a, 235, 300, 260, 430, 90, "#f3f6fa")
    a.path("M228 520Q320 450 380 500T502 470V737H228Z", a.lin([(0, light(c, .2)), (1, dark(c, .08))], 1, 1))
    a.path("M502 470L585 432V690L502 734Z", dark(c, .3))
    a.path("M235 296L300 170H560L585 255L495 296Z", a.lin([(0, light(c, .3)), (1, dark(c, .12))], 1, 1))
    a.path("M495 296L556 172L588 256Z", dark(c, .34))
    a.rect(292, 118, 268, 60, 8, a.lin([(0, light(c, .35)), (1, dark(c, .1))], 1, 1))
    a.oval(372, 238, 48, 26, dark(c, .35))
    a.rect(326, 186, 92, 50, 12, a.round("#ffffff"))
    a.emblem(366, 450, 220, "#ffffff")
    a.shine("M256 320V700", .5, 6)


def brick(a):
    c = a.c
    block(a, 250, 200, 240, 520, 86, "#f4f7fa")
    a.path("M243 470Q330 400 390 450T497 420V727H243Z", a.lin([(0, light(c, .16)), (1, dark(c, .12))], 1, 1))
    a.path("M497 420L583 380V680L497 724Z", dark(c, .32))
    a.path("M243 193H497V250Q370 280 243 250Z", a.lin([(0, light(c, .16)), (1, dark(c, .08))], 1, 1))
    a.emblem(370, 392, 190)
    a.shine("M272 230V690", .5, 6)


def case(a):
    """Several small ones in film."""
    c = a.c
    for i in (2, 1, 0):
        x, y = 130 + i * 150, 330 - i * 22
        block(a, x, y, 150, 360, 60, "#f4f7fa")
        a.path(f"M{x - 7} {y + 190}Q{x + 70} {y + 140} {x + 157} {y + 170}V{y + 367}H{x - 7}Z", a.lin([(0, light(c, .16)), (1, dark(c, .12))], 1, 1))
        a.path(f"M{x - 7} {y - 7}H{x + 157}V{y + 40}Q{x + 70} {y + 60} {x - 7} {y + 40}Z", c)
        a.image(a.goods[0], x + 75, y + 118, 112, 0, a.tint)
    a.path("M118 318L560 262L640 230V600L560 690L118 702Z", a.lin([(0, "#ffffff77"), (.4, "#ffffff11"), (.6, "#ffffff55"), (1, "#ffffff11")], 1, 1))


def tissue(a):
    c = a.c
    a.path("M300 330C310 230 350 250 372 170C400 230 440 200 470 150C480 230 540 250 520 340Z", a.rad([(0, "#ffffff"), (.7, "#eef2f6"), (1, "#cfd8e0")]))
    block(a, 130, 400, 430, 280, 120, c)
    a.oval(406, 366, 130, 22, dark(c, .35))
    a.path("M300 366C320 270 350 290 380 200C404 270 436 240 470 190C476 270 530 290 514 366Q406 392 300 366Z", a.rad([(0, "#ffffff"), (.7, "#f1f4f8"), (1, "#d3dbe3")]))
    a.oval(345, 540, 112, 112, plate(c))
    a.emblem(345, 540, 164)
    a.shine("M152 426V650", .4, 6)


def diaper(a):
    c = a.c
    a.shadow(400, 730, 250)
    a.path("M330 130Q400 80 470 130V180H436V146Q400 120 364 146V180H330Z", dark(c, .1))
    a.path("M170 210Q400 130 630 210Q672 440 640 690Q400 752 160 690Q128 440 170 210Z", a.soft(c))
    a.path("M150 560Q300 490 420 550T650 530Q650 620 640 690Q400 752 160 690Q150 620 150 560Z", light(c, .55), 'opacity=".8"')
    a.oval(400, 430, 164, 164, plate(c))
    a.emblem(400, 430, 250)
    a.shine("M206 250Q180 440 196 640", .6, 10)


def tray(a):
    a.shadow(400, 690, 280)
    a.path("M112 360H688L640 664Q634 690 604 690H196Q166 690 160 664Z", a.lin([(0, "#ffffff"), (.5, "#eef1f5"), (1, "#c3ccd6")], .6, 1))
    a.rect(100, 300, 600, 90, 44, a.lin([(0, "#ffffff"), (1, "#dfe5ec")], 0, 1))
    a.rect(126, 320, 548, 50, 25, "#c9d2db")
    n = len(a.goods)
    for i, (x, y, s) in enumerate([(290, 262, 210), (512, 262, 210), (400, 250, 220), (210, 320, 220), (590, 320, 220), (400, 330, 240)]):
        a.image(a.goods[i % n], x, y, s, (i * 29) % 30 - 15, a.tint)
    a.path("M118 380H682L640 664Q634 690 604 690H196Q166 690 160 664Z", a.lin([(0, "#ffffff"), (.55, "#f0f3f7"), (1, "#c3ccd6")], .6, 1))
    a.rect(176, 470, 448, 14, 7, "#c9d2db", 'opacity=".7"')
    a.rect(184, 530, 432, 14, 7, "#c9d2db", 'opacity=".7"')
    a.shine("M170 290Q260 190 380 160", .6, 6)


def bun_at(a, x, y, k, c):
    a.shadow(x, y + 150 * k, 170 * k, 18)
    a.body.append(f'<g transform="translate({x} {y}) scale({k})">')
    a.path("M-205 60C-205 -70 -120 -150 0 -160C120 -150 205 -70 205 60C205 130 120 158 0 158C-120 158 -205 130 -205 60Z", a.rad([(0, "#ffffff"), (.4, "#fbf3e4"), (.78, "#e8d5b5"), (1, "#c2a273")], .38, .28, .82))
    for t in range(-70, 71, 20):
        a.path(f"M0 -150Q{t * .9} -110 {t * 1.7} {-52 + abs(t) * .35}", "none", 'stroke="#c9b18c" stroke-opacity=".65" stroke-width="7" stroke-linecap="round"')
    a.oval(0, -146, 28, 16, c)
    a.oval(-6, -150, 12, 6, light(c, .5))
    a.body.append("</g>")


def bun(a):
    bun_at(a, 500, 350, .92, a.c)
    bun_at(a, 300, 490, 1.12, a.c)


def mantou(a):
    for x, y, k in ((530, 350, 1), (275, 480, 1.25)):
        a.shadow(x, y + 138 * k, 160 * k, 18)
        a.body.append(f'<g transform="translate({x} {y}) scale({k})">')
        a.path("M-190 130C-205 -20 -140 -130 0 -130C140 -130 205 -20 190 130Q0 156 -190 130Z", a.rad([(0, "#fffdf8"), (.35, "#fbf2df"), (.75, "#ead8b8"), (1, "#bf9f70")], .36, .24, .85))
        a.body.append("</g>")


def steamer(a):
    a.shadow(400, 700, 270)
    a.path("M120 400V610Q120 700 400 700Q680 700 680 610V400Z", a.round(WOOD))
    for y in (440, 590):
        a.path(f"M120 {y}Q120 {y + 90} 400 {y + 90}Q680 {y + 90} 680 {y}V{y + 30}Q680 {y + 120} 400 {y + 120}Q120 {y + 120} 120 {y + 30}Z", a.round(mix(WOOD, "#8a5a2b", .45)))
    a.oval(400, 400, 280, 92, a.round(mix(WOOD, "#ffffff", .2)))
    a.oval(400, 402, 252, 76, "#8f6433")
    spots = [(290, 340), (400, 320), (510, 340), (245, 385), (345, 392), (455, 392), (555, 385)]
    for x, y in spots:
        bun_small(a, x, y, .44)
    a.shine("M166 450V610", .35, 6)


def bun_small(a, x, y, k):
    top = a.c
    a.body.append(f'<g transform="translate({x} {y}) scale({k})">')
    a.path("M-150 70C-160 -40 -80 -100 0 -150C80 -100 160 -40 150 70Q0 120 -150 70Z", a.rad([(0, "#ffffff"), (.5, "#fbf3e4"), (.85, "#e7d4b4"), (1, "#c7a878")], .38, .3, .8))
    for t in (-70, -35, 0, 35, 70):
        a.path(f"M0 -130Q{t} -80 {t * 1.5} -6", "none", 'stroke="#b99765" stroke-opacity=".7" stroke-width="9" stroke-linecap="round"')
    if a.goods and a.goods[0] == "open":
        a.oval(0, -118, 62, 30, top)
    a.body.append("</g>")


def tart(a):
    for x, y, k in ((515, 330, .92), (300, 470, 1.15)):
        a.shadow(x, y + 140 * k, 180 * k, 18)
        a.body.append(f'<g transform="translate({x} {y}) scale({k})">')
        zig = "".join(f"L{-205 + i * 41} {-20 if i % 2 else 6}" for i in range(11))
        a.path(f"M-205 6{zig}L205 6L150 130Q0 160 -150 130Z", a.round("#dba455"))
        a.oval(0, -6, 208, 72, a.lin([(0, "#f0c37a"), (1, "#c98a3c")], 1, 1))
        a.oval(0, -8, 176, 56, a.rad([(0, "#fff0a8"), (.5, "#ffd34d"), (1, "#eba42a")]))
        for u, v, r in ((-60, -18, 24), (50, -2, 30), (0, 20, 16), (90, -24, 14)):
            a.oval(u, v, r, r * .4, "#8a4a1c", 'opacity=".55"')
        a.shine("M-120 -30Q-60 -48 0 -46", .7, 3)
        a.body.append("</g>")


def sausage(a):
    c = a.c
    for x, y, t in ((430, 320, -24), (380, 500, -24)):
        a.shadow(400, y + 150, 240, 16)
        a.body.append(f'<g transform="translate({x} {y}) rotate({t})">')
        film = a.lin([(0, light(c, .55)), (.28, light(c, .3)), (.6, c), (1, dark(c, .3))], 0, 1)
        a.path("M-290 -14L-250 -10V10L-290 14Z", "#c9a24a")
        a.path("M290 -14L250 -10V10L290 14Z", "#c9a24a")
        a.rect(-262, -66, 524, 132, 66, film)
        a.rect(-120, -66, 240, 132, 10, a.lin([(0, "#ff7a66"), (.3, "#e8452f"), (1, "#a92318")], 0, 1))
        a.image(a.goods[0], 0, 0, 104, 0)
        a.shine("M-220 -34H220", .6, 3)
        a.body.append("</g>")


def popsicle(a):
    c = a.c
    a.shadow(400, 748, 110, 16)
    for x, k, t in ((490, .86, 10), (330, .98, -7)):
        a.body.append(f'<g transform="translate({x} 400) rotate({t}) scale({k})">')
        a.rect(-34, 170, 68, 190, 34, a.round("#e9c48d"))
        a.rect(-128, -340, 256, 560, 120, a.round(c))
        a.rect(-66, -250, 34, 380, 17, dark(c, .16), 'opacity=".6"')
        a.rect(34, -250, 34, 380, 17, dark(c, .16), 'opacity=".6"')
        a.shine("M-92 -220V130", .65, 6)
        a.body.append("</g>")


def dragon(a):
    a.shadow(400, 690, 230)
    for x, y, t, k in ((520, 380, 18, .82), (320, 440, -12, 1)):
        a.body.append(f'<g transform="translate({x} {y}) rotate({t}) scale({k})">')
        for u, v, r in ((-170, -120, -50), (-60, -240, -15), (70, -240, 15), (180, -110, 50), (-215, 20, -80), (215, 30, 80)):
            a.body.append(f'<path transform="translate({u} {v}) rotate({r})" d="M-40 60Q-20 -40 0 -90Q20 -40 40 60Z" fill="{a.lin([(0, "#8cc63f"), (.6, "#e0568c"), (1, "#d63384")], 0, 1)}"/>')
        a.oval(0, 0, 210, 235, a.rad([(0, "#ff9cc4"), (.45, "#ec4a8f"), (.85, "#c2246b"), (1, "#8f1550")]))
        for u, v in ((-90, -70), (40, -110), (110, 10), (-40, 50), (60, 120), (-130, 90), (-10, -30)):
            a.path(f"M{u - 34} {v + 30}Q{u - 12} {v - 26} {u} {v - 56}Q{u + 12} {v - 26} {u + 34} {v + 30}Q{u} {v + 8} {u - 34} {v + 30}Z", a.lin([(0, "#9ccc3c"), (.5, "#f07fae"), (1, "#dd3a80")], 0, 1))
        a.body.append("</g>")


def tofu(a):
    block(a, 150, 360, 400, 300, 150, "#f4e8cd")
    a.path("M283 353V667M417 353V667M143 510H557", "none", 'stroke="#d9cbac" stroke-width="5" stroke-opacity=".55"')


def fruit_box(a):
    a.shadow(400, 700, 250)
    a.path("M140 380H660L612 664Q606 700 568 700H232Q194 700 188 664Z", a.lin([(0, "#f4fafd"), (1, "#cfe0ea")], 1, 1), 'opacity=".8"')
    for i, (x, y, s) in enumerate([(240, 340, 190), (400, 310, 200), (560, 340, 190), (290, 480, 190), (420, 470, 190), (540, 490, 180), (350, 590, 170), (470, 600, 160)]):
        a.image(a.goods[i % len(a.goods)], x, y, s, (i * 41) % 50 - 25)
    a.path("M140 380H660L612 664Q606 700 568 700H232Q194 700 188 664Z", a.lin([(0, "#9fc4d855"), (.2, "#ffffff88"), (.4, "#ffffff11"), (.8, "#ffffff11"), (1, "#7fa8bf66")]))
    a.rect(122, 356, 556, 34, 17, "#e3eff5", 'opacity=".9"')


def eggs(a):
    a.shadow(400, 690, 290)
    for i in range(3):
        a.image("🥚", 250 + i * 150, 370, 190, 0, a.tint)
    for i in range(4):
        a.image("🥚", 178 + i * 148, 440, 205, 0, a.tint)
    bumps = "".join(f"Q{104 + i * 148 + 74} 560 {104 + (i + 1) * 148} 500" for i in range(4))
    a.path(f"M104 500{bumps}L672 640Q660 690 620 690H180Q140 690 128 640Z", a.lin([(0, "#b9c3cc"), (.35, "#d5dde4"), (1, "#8794a1")], .4, 1))
    for i in range(4):
        a.path(f"M{150 + i * 148} 570V670", "none", 'stroke="#7c8996" stroke-opacity=".4" stroke-width="10" stroke-linecap="round"')


def rolls(a):
    """Rolls of film or bags."""
    c = a.c
    for x, y in ((530, 300), (290, 300), (410, 470)):
        a.shadow(x, y + 150, 150, 14)
        a.rect(x - 190, y - 100, 340, 200, 20, a.lin([(0, light(c, .35)), (.3, light(c, .1)), (.6, c), (1, dark(c, .4))], 0, 1))
        a.oval(x + 150, y, 46, 100, dark(c, .3))
        a.oval(x + 150, y, 40, 92, a.lin([(0, light(c, .3)), (1, dark(c, .15))], 0, 1))
        a.oval(x + 150, y, 16, 38, "#e8d9bf")
        a.oval(x + 152, y, 10, 28, "#8a6f4c")


def pack6(a):
    for i, (x, y) in enumerate([(270, 600), (410, 600), (550, 600), (240, 738), (400, 738), (560, 738)]):
        can(a, x, .62, y)


def smokes(a):
    """A plain pack: tobacco is shown without anything that invites."""
    c = a.c
    block(a, 250, 250, 260, 440, 90, c)
    a.path("M243 243H517V390L243 420Z", a.lin([(0, light(c, .38)), (1, light(c, .05))], 1, 1))
    a.path("M243 420L517 390V404L243 434Z", "#d9b25a")
    a.shine("M270 270V670", .35, 6)


PACKS = {f.__name__: f for f in (
    bottle, bottles, glass, oil, jug, pump, tube, jar, cream, can, cans, tin, milktin, tub, yogurt, tea, hotcup, bowl, pouch, pillow, sack, box, flat, carton,
    brick, case, cone, tissue, diaper, tray, bun, mantou, steamer, tart, sausage, popsicle, dragon, tofu, eggs, rolls, pack6, smokes)}
PACKS |= {"cup": ice_cup, "fruits": fruit_box}


# --- files ---

def chars(text):
    return text.split()


def draw(folder, row, good):
    a = Art(folder, row["colour"] or good["color"], chars(row["goods"]), chars(row["beside"]), row["tint"] or None)
    kind = row["drawn"] or good["form"]
    if kind in PLACES:
        loose(a, kind)
    else:
        PACKS[kind](a)
    return render(a.done())


def render(svg):
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=800, skip_system_fonts=True)))).convert("RGBA")


def main():
    folder = Path(sys.argv[1])
    rest = sys.argv[2:]
    out = Path(rest[rest.index("--out") + 1]) if "--out" in rest else HERE
    # Icons of categories are files of the shop's site.
    icons = out if "--out" in rest else HERE / "../../../storefront/shop/icons"
    only = {w for w in rest[rest.index("--only") + 1:] if not w.startswith("--")} if "--only" in rest else None
    goods = {g["id"]: g for g in csv.DictReader(open(HERE / "../data/goods.csv", encoding="utf-8"))}
    rows = list(csv.DictReader(open(HERE / "sources.csv", encoding="utf-8")))
    missing = goods.keys() - {r["id"] for r in rows}
    if missing:
        raise SystemExit(f"no source for {sorted(missing)}")
    for row in rows:
        name = row["id"]
        if only and name not in only:
            continue
        im = draw(folder, row, goods.get(name, {"color": "#9aa0a8", "form": "box"}))
        if name.startswith("category-"):
            # An icon lies on whatever ground a theme has; the goods' pictures are on white.
            im.resize((160, 160), Image.LANCZOS).save(icons / f"{name.replace('category', 'cat')}.webp", quality=82, method=6)
            continue
        white = Image.new("RGB", im.size, "white")
        white.paste(im, (0, 0), im)
        for size in SIZES:
            small = white if size == 800 else white.resize((size, size), Image.LANCZOS)
            small.save(out / f"{name}-{size}.webp", quality=QUALITY[size], method=6)


if __name__ == "__main__":
    main()
