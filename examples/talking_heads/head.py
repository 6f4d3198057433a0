"""The parts of a head that do not move by themselves: shaded once a clip, at SCALE times the size of the frame."""
import cv2
import numpy as np

from labels import stream
from look import background, soft

SIZE, SCALE = 144, 3  # the frame; supersampling
CX, CY = 72.0, 74.0  # the middle of the face in the frame at rest
FULL = SIZE * SCALE


def grid():
    yy, xx = np.mgrid[0:FULL, 0:FULL].astype(np.float32)
    return (xx + 0.5) / SCALE - CX, (yy + 0.5) / SCALE - CY


X, Y = grid()


def fill(points):
    """Mask 0 to 1 of a polygon in face coordinates."""
    mask = np.zeros((FULL, FULL), np.uint8)
    cv2.fillPoly(mask, [fixed(points)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def fixed(points):
    """Face coordinates to OpenCV's pixels with 4 binary places."""
    return np.round(((np.asarray(points, float) + [CX, CY]) * SCALE - 0.5) * 16).astype(np.int32)


def blob(x, y, a, b):
    return np.exp(-(((X - x) / a) ** 2) - ((Y - y) / b) ** 2)


def paint(image, alpha, mask, colour, opacity=1.0):
    """Puts a colour (or a picture) where the mask is."""
    m = (mask * opacity)[..., None]
    image *= 1 - m
    image += m * colour
    np.maximum(alpha, mask * opacity, out=alpha)


def outline(look, grow=0.0):
    """The face, from temple to chin: an ellipse above, a jaw below."""
    t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    x, y = np.cos(t), np.sin(t)
    lower = np.clip(y, 0, 1)
    x = x * (1 - (0.20 - 0.12 * look.jaw) * lower**1.5 + 0.10 * look.jaw * lower * (1 - lower))
    return np.stack([x * (look.width + grow), y * (look.height + grow) + 1.5], 1)


def shading(look, light):
    """Light on the skin: a rounded head, its nose, cheeks, sockets and chin."""
    w, h = look.width, look.height
    nx, ny = np.clip(X / (w * 1.12), -1, 1), np.clip(Y / (h * 1.15), -1, 1)
    nz = np.sqrt(np.clip(1 - nx**2 - 0.8 * ny**2, 0.02, 1))
    shade = 0.50 + 0.52 * np.clip(nx * light + ny * -0.32 + nz * 0.86, 0, 1.2)
    for side in (-1, 1):
        x = side * look.eye_gap
        shade -= 0.20 * blob(x, -9.5, 9.5, 5.0) + 0.12 * blob(side * 6.5, -7, 3.2, 5)
        shade += 0.09 * blob(side * 19, 9, 9, 8)  # cheek bones
        shade -= 0.05 * blob(side * 24, 22, 7, 12)
        shade -= 0.15 * blob(side * 4.6 * look.nose, 6, 1.6, 8)  # sides of the nose
        shade -= 0.10 * blob(side * 6.6 * look.nose, 11.5, 1.5, 3.0)
    shade += 0.14 * blob(0, 0, 2.4, 11) + 0.16 * blob(0.8 * light, 9, 3.4, 3.2)  # bridge and tip
    shade -= 0.20 * blob(0, 14.6, 6 * look.nose, 1.9)
    shade += 0.08 * blob(0, -27, 19, 9) + 0.06 * blob(0, 37, 8, 5)  # forehead, chin
    shade -= 0.10 * blob(0, 31.5, 9, 2.2) + 0.22 * blob(0, h + 5, 30, 5)
    shade -= 0.05 * blob(0, 18, 1.6, 2.5)
    return shade


def skin_picture(look, light, rng):
    colour = np.ones((FULL, FULL, 1), np.float32) * look.skin.astype(np.float32)
    red = sum(blob(side * 20, 10, 9, 8) for side in (-1, 1)) + 0.8 * blob(0, 10, 5, 4)
    colour *= 1 - (0.10 if look.female else 0.06) * red[..., None] * np.array([1, 1, 0.1], np.float32)
    shade = shading(look, light) + 0.012 * soft(rng, FULL, FULL, 40).astype(np.float32)
    if look.age > 0.55:
        for y in (-30, -26):
            shade -= 0.06 * look.age * np.exp(-(((Y - y - 0.004 * X**2) / 0.7) ** 2)) * (np.abs(X) < 16)
    if look.beard:
        jaw = 1 / (1 + np.exp(-(Y - 15 - 4.0 * np.cos(X / 9)) / 2.2))
        lips = np.clip(blob(0, 24, 15, 5.5) * 1.4, 0, 1)
        shade *= 1 - jaw * (1 - lips) * 0.30 * min(look.beard, 0.5)
    return colour * np.clip(shade, 0.05, 1.4)[..., None] ** np.array([1.35, 1.12, 0.85], np.float32)  # shadows of skin are warm


def hair_colour(look, rng):
    """Strands and a band of light."""
    strands = cv2.GaussianBlur(rng.standard_normal((FULL, FULL)).astype(np.float32), (0, 0), sigmaX=0.75 * SCALE, sigmaY=10 * SCALE)
    strands /= strands.std()
    angle = np.arctan2(X, -(Y - 4))
    band = np.exp(-(((np.hypot(X, Y + 2) - look.height * 0.98) / 5) ** 2)) * np.cos(angle - 0.4).clip(0, 1)
    light = 0.92 + 0.09 * strands + 0.30 * band
    return (look.hair.astype(np.float32) + 8) * light[..., None] + 26 * band[..., None]


def curve(points, samples=60):
    """A smooth closed line through the points."""
    points = np.asarray(points, float)
    n = len(points)
    t = np.arange(n * samples // 6) / (samples // 6)
    i = t.astype(int)
    u = (t - i)[:, None]
    p = [points[(i + k - 1) % n] for k in range(4)]
    return 0.5 * (2 * p[1] + (p[2] - p[0]) * u + (2 * p[0] - 5 * p[1] + 4 * p[2] - p[3]) * u**2
                  + (3 * p[1] - p[0] - 3 * p[2] + p[3]) * u**3)


def fringe(look):
    """The hair above the forehead, by style."""
    w, h = look.width + 2.5, look.height
    top = [(-w, -4), (-w - 1, -22), (-w * 0.76, -h + 4), (0, -h - 8), (w * 0.76, -h + 4), (w + 1, -22), (w, -4)]
    line = {0: [(w - 4, -17), (w * 0.6, -29), (0, -32), (-w * 0.6, -29), (-w + 4, -17)],  # swept back
            1: [(w - 4, -16), (w * 0.55, -25), (-w * 0.25, -34), (-w * 0.7, -26), (-w + 4, -16)],  # parted
            2: [(w - 4, -18), (w * 0.6, -25), (0, -24.5), (-w * 0.6, -25), (-w + 4, -18)],  # straight fringe
            3: [(w - 3, -20), (w * 0.7, -33), (0, -37), (-w * 0.7, -33), (-w + 3, -20)]}[look.style]  # high forehead
    return curve(top + line)


def back_hair(look):
    w, h = look.width, look.height
    if not look.female:
        return curve([(-w - 2, -2), (-w - 2, -22), (-w * 0.78, -h + 3), (0, -h - 8), (w * 0.78, -h + 3), (w + 2, -22), (w + 2, -2)])
    length = (8, 46, 60, 30)[look.style]
    wide = (4, 8, 9, 10)[look.style]
    return curve([(-w - wide, length * 0.6), (-w - wide + 1, -14), (-w * 0.84, -h + 4), (0, -h - 10), (w * 0.84, -h + 4),
                  (w + wide - 1, -14), (w + wide, length * 0.6), (w * 0.8, length), (-w * 0.8, length)])


def render_head(look, clip):
    """The head without eyes, brows and mouth: colours and coverage."""
    rng = stream(f"head {clip.speaker}")
    light = stream(f"light {clip.name}").uniform(-0.45, 0.45)
    image, alpha = np.zeros((FULL, FULL, 3), np.float32), np.zeros((FULL, FULL), np.float32)
    hair, skin = hair_colour(look, rng), skin_picture(look, light, rng)
    paint(image, alpha, fill(back_hair(look)), hair * 0.72)
    for side in (-1, 1):
        ear = fill([(side * (look.width + 1) + 4.2 * np.cos(t), 2 + 8 * np.sin(t)) for t in np.linspace(0, 6.28, 40)])
        paint(image, alpha, ear, look.skin * (0.78 + 0.15 * side * light) * np.array([0.94, 0.94, 1.0]))
    paint(image, alpha, fill(outline(look)), skin)
    if look.beard > 0.5:
        jaw = fill(outline(look)) / (1 + np.exp(-(Y - 17 - 6.0 * np.cos(X / 10)) / 1.2))
        jaw *= 1 - np.clip(1.5 * blob(0, 23.5, 15, 5.5), 0, 1)
        paint(image, alpha, jaw, hair, 0.72)
    for side in (-1, 1):  # nostrils
        hole = blob(side * 3.4 * look.nose, 13.2, 1.7, 1.0)
        image *= 1 - 0.55 * np.clip(hole, 0, 1)[..., None]
    shadow = cv2.GaussianBlur(fill(fringe(look)), (0, 0), 2.25 * SCALE) * fill(outline(look))
    image *= 1 - 0.28 * shadow[..., None]
    paint(image, alpha, fill(fringe(look)), hair)
    return np.clip(image, 0, 255), alpha


def render_body(look, clip):
    """Background, shoulders and neck: the part of the picture behind the head, at SCALE."""
    image = cv2.resize(background(clip, SIZE, SIZE).astype(np.float32), (FULL, FULL), interpolation=cv2.INTER_CUBIC)
    alpha = np.zeros((FULL, FULL), np.float32)
    rng = stream(f"body {clip.speaker}")
    wide = 62 - 8 * look.female
    shirt = look.shirt.astype(np.float32) * (1.0 - 0.30 * np.abs(X / 70) - 0.004 * (Y - 60))[..., None]
    shirt *= (1 + 0.05 * soft(rng, FULL, FULL, 8).astype(np.float32))[..., None]
    neck = 16 - 3 * look.female
    shoulders = curve([(-wide - 12, 90), (-wide, 66), (-26, 56), (-neck, 51), (0, 60), (neck, 51), (26, 56), (wide, 66), (wide + 12, 90)])
    paint(image, alpha, fill(shoulders), shirt)
    skin = look.skin.astype(np.float32) * (0.78 - 0.20 * np.abs(X / neck) - 0.30 * np.exp(-(((Y - look.height + 2) / 8) ** 2)))[..., None]
    deep = (62, 70, 58)[look.collar]
    paint(image, alpha, fill([(-neck, 20), (neck, 20), (neck, 52), (0, deep), (-neck, 52)]), skin)
    if look.collar == 1:
        for side in (-1, 1):
            paint(image, alpha, fill([(side * neck, 48), (side * (neck + 6), 54), (side * 8, 74), (0, 70)]), shirt * 1.15)
    return np.clip(image, 0, 255)
